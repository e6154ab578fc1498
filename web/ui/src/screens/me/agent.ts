// "Firefox on Windows", of what a browser says of itself.
const kBrowsers: [RegExp, string][] = [[/Edg(?:e|A|iOS)?\//, 'Edge'], [/OPR\/|Opera/, 'Opera'], [/Firefox\/|FxiOS\//, 'Firefox'], [/HeadlessChrome|CriOS\/|Chrome\//, 'Chrome'], [/Version\/.*Safari\//, 'Safari'], [/^curl\//, 'curl'], [/[Pp]ython/, 'Python']];
const kSystems: [RegExp, string][] = [[/iPhone|iPad|iOS/, 'iOS'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X|Macintosh/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']];

export interface Agent { browser: string; system: string }

export function readAgent(text: string): Agent {
  const of = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(text))?.[1] ?? '';
  return { browser: of(kBrowsers), system: of(kSystems) };
}
