// What people read of a refused request is in the page's language.
import { beforeAll, expect, test } from 'vitest';
import { startLanguage, words } from '@/i18n';
import { ApiError, type Problem } from './http';
import { itemWords } from './said';
import { kSentences } from './sentences';
import en from '@/locales/en/problems.json';

const refused = (status: number, problem: Problem = {}, wait = 0) => new ApiError(status, problem, wait);
const withField = (place: string, description: string, error = 'InvalidValue') => refused(422, { detail: 'Record validation errors', details: { [place]: [{ description, error }] } });

beforeAll(() => startLanguage('fr'));

test('the status alone tells enough', () => {
  expect(refused(0).words).toMatch(/injoignable/);
  expect(refused(409, { detail: 'changed since it was read: ticket/12' }).words).toBe('Quelqu’un d’autre l’a modifié entre-temps.');
  expect(refused(412, { detail: 'it has changed since the version given' }).words).toMatch(/regardez-le/);
  expect(refused(429, { detail: 'too many requests' }, 7).words).toBe('Trop de demandes en peu de temps. Réessayez dans 7 secondes.');
  expect(refused(500, { detail: 'Internal Server Error', instance: 'urn:postern:request:00abc' }).words).toMatch(/sous 00abc\.$/);
  expect(refused(503, { detail: 'Service Unavailable' }).words).toMatch(/Réessayez/);
});
test('why something is not permitted is said, where the server says it', () => {
  expect(refused(403, { detail: 'not permitted' }).words).toBe('Vous n’avez pas ce droit.');
  expect(refused(403, { detail: 'your network is not allowed here' }).words).toMatch(/réseau/);
  expect(refused(403, { detail: 'only on Sundays' }).words).toBe('Vous n’avez pas ce droit (only on Sundays)');
  expect(refused(403, { type: 'urn:postern:problem:fresh-factor-required', detail: 'prove again' }).words).toBe('Prouvez de nouveau que c’est vous.');
});
test('fields have names and words; what is not known keeps the words of the server', () => {
  expect(withField('ticket.subject', 'cannot be blank', 'BlankValue').words).toBe('Objet : Ce champ est obligatoire.');
  expect(withField('tickets.3.tags', 'no blanks, commas or quotes, and not too long').about('tags')).toMatch(/étiquette/);
  expect(withField('group.name', 'another group has it').about('name')).toMatch(/déjà/);
  expect(withField('a.level', 'between green and blue').about('level')).toBe('Valeur refusée (between green and blue)');
  expect(withField('ticket.status', 'new, open, pending, hold, solved or closed').about('status')).toMatch(/attendue : new, open/);
  expect(withField('a.level', 'between green and blue').said('level')).toBe('between green and blue');
  expect(refused(422, { detail: 'invalid field: query: character 3: the quotation mark is not closed', details: { query: [{ error: 'InvalidValue', description: 'character 3: the quotation mark is not closed' }] } }).about('query')).toBe('Au caractère 3 : Le guillemet n’est pas fermé.');
});
test('what a change of many left out', () => {
  expect(itemWords('RecordInvalid', 'status: a closed ticket does not change')).toMatch(/fermé/);
  expect(itemWords('RecordNotFound', 'ticket/12')).toMatch(/plus là/);
  expect(itemWords('RecordInvalid', 'requester_id: is odd')).toBe('Demandeur : is odd');
});
test('every sentence that is looked for has words', () => {
  expect(kSentences.map(([key]) => key).filter((key) => !(key in en.said))).toEqual([]);
  expect(words('problems:said.blank')).toBe('Ce champ est obligatoire.');
});
test('what people meet now and then is said too', () => {
  const about = (text: string) => withField('a.name', text).about('name');
  expect(about('a network of less than 16 bits would shut out too many')).toBe('Une plage de moins de /16 refuserait trop de monde.');
  expect(about('0 (any) or 2 to 128')).toBe('0, ou de 2 à 128.');
  expect(about('0 (for ever) to 3660')).toBe('De 0 à 3660.');
  expect(about('a number was hidden in the address to be mailed: nobody has what is left of it; write an internal note instead')).toMatch(/masqué/);
  expect(about('nobody can be mailed: write an internal note instead')).toMatch(/note interne/);
  expect(refused(409, { detail: 'comment: its mail is on its way' }).words).toBe('Trop tard : l’e-mail est déjà parti.');
  expect(refused(409, { detail: 'user: tickets of somebody who was merged into them are still on their way' }).words).toMatch(/fusion est encore en cours/);
});
