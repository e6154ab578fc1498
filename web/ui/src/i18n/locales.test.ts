// Every language says the same things: the same files, keys and placeholders.
import { expect, test } from 'vitest';

const files = import.meta.glob<Record<string, unknown>>('../locales/*/*.json', { eager: true, import: 'default' });

// Plural forms differ between languages; "found_one" and "found_other" count as "found".
function flat(value: unknown, path: string, into: Map<string, Set<string>>) {
  if (typeof value === 'string') {
    const key = path.replace(/_(zero|one|two|few|many|other)$/, '');
    const fields = into.get(key) ?? new Set<string>();
    for (const [, name] of value.matchAll(/\{\{(\w+)\}\}/g)) fields.add(name!);
    into.set(key, fields);
    return;
  }
  for (const [name, each] of Object.entries(value as object)) flat(each, path ? `${path}.${name}` : name, into);
}

const shapeOf = (path: string) => {
  const into = new Map<string, Set<string>>();
  flat(files[path], '', into);
  return Object.fromEntries([...into].map(([key, fields]) => [key, [...fields].sort()]).sort());
};

for (const path of Object.keys(files).filter((each) => each.includes('/en/'))) {
  for (const language of new Set(Object.keys(files).map((each) => each.split('/')[2]!))) {
    test(`${language} says what ${path.split('/').pop()} says`, () => {
      const own = path.replace('/en/', `/${language}/`);
      expect(files[own], `${own} is missing`).toBeDefined();
      expect(shapeOf(own)).toEqual(shapeOf(path));
    });
  }
}
test('no language has files that English lacks', () => {
  for (const path of Object.keys(files)) expect(Object.keys(files)).toContain(path.replace(/locales\/\w+\//, 'locales/en/'));
});
