// The API's objects and answers as its OpenAPI document has them (web/ui/api/openapi.json; src/api/openapi.d.ts is generated
// from it by `npm run api`, never edited). A test of the real binary compares the document with what that serves.
import type { Id } from './http';
import type { components, paths } from './openapi';

type Names = keyof components['schemas'];
type IdKey = 'id' | `${string}_id`;
type IdsKey = `${string}_ids`;
type Ids<T> = T extends number[] ? Id[] : T extends number ? Id : T;

// As the server tells it: every field is there, and ids have more bits than a number holds (http.ts).
type Told<T> = T extends (infer Each)[] ? Told<Each>[]
  : T extends object ? { [Key in keyof T]-?: Key extends IdKey | IdsKey ? Ids<Exclude<T[Key], undefined>> : Told<Exclude<T[Key], undefined>> }
    : T;
// As it is sent: what the document does not demand may be left out.
type Sent<T> = T extends (infer Each)[] ? Sent<Each>[]
  : T extends object ? { [Key in keyof T]: Key extends IdKey | IdsKey ? Ids<T[Key]> : Sent<T[Key]> }
    : T;

export type Schema<Name extends Names> = Told<components['schemas'][Name]>;
export type Body<Name extends Names> = Sent<components['schemas'][Name]>;

// "/api/v2/tickets/{id}/comments", and `/api/v2/tickets/${id}/comments?page…` of a call, as "/api/v2/tickets/{}/comments".
type Segment<Text extends string> = string extends Text ? '{}' : `${number}` extends Text ? '{}' : Text extends `{${string}` ? '{}' : Text;
type Segments<Path extends string> = Path extends `${infer First}/${infer Rest}` ? `${Segment<First>}/${Segments<Rest>}` : Segment<Path>;
type Plain<Path extends string> = Path extends `${infer Place}?${string}` ? Segments<Place> : Segments<Path>;
type Routes = { [Path in keyof paths as Plain<Path & string>]: paths[Path] };

export type Verb = 'get' | 'put' | 'post' | 'delete';
type Operation<Path extends string, Method extends Verb> = Plain<Path> extends keyof Routes ? Routes[Plain<Path>][Method & keyof Routes[Plain<Path>]] : never;
// What the document says of the answer; unknown: it does not know the path, or says nothing of what comes back.
export type AnswerOf<Path extends string, Method extends Verb> = Operation<Path, Method> extends { responses: { '2XX': { content: { 'application/json': infer Json } } } } ? Told<Json> : unknown;
