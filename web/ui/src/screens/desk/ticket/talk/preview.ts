// What can be shown of a file without running anything of it in this page: pictures that are only pixels, and text. A PDF is
// for the browser's own viewer, which keeps it apart from every page: in a tab of its own, as the policy of this one lets no
// frame or plugin show it, and never in a frame that a message could be mistaken for. It is shown only if it is one, and under a
// type that is said here, not by its sender. Everything else is for a program of the agent's own: it is downloaded.
export type Preview = 'picture' | 'text' | 'pdf' | null;
const kPictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const kTexts = new Set(['text/plain', 'text/csv', 'text/markdown', 'application/json', 'text/x-log']);
const kTextMax = 256 * 1024;
const kPictureMax = 20 * 1024 * 1024;
const kPdfMax = 50 * 1024 * 1024;

export function previewOf(type: string, size: number): Preview {
  if (kPictures.has(type) && size <= kPictureMax) return 'picture';
  if (type === 'application/pdf' && size <= kPdfMax) return 'pdf';
  return kTexts.has(type) && size <= kTextMax ? 'text' : null;
}

const kMark = '%PDF-';
const kMarkWithin = 1024; // as readers take it
export const isPdf = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes.subarray(0, kMarkWithin)).includes(kMark);

const kRunnable = /\.(exe|scr|com|bat|cmd|msi|js|jse|vbs|vbe|wsf|ps1|jar|lnk|hta|iso|img|docm|xlsm|pptm|app|dmg|apk|html?|svg)$/i;
// A name that says one thing and is another: "invoice.pdf.exe", or one that is written backwards.
export const isRisky = (name: string) => kRunnable.test(name) || /[\u202a-\u202e\u2066-\u2069]/.test(name);
// Without the marks that turn the direction of writing, so that the name is read as it is.
export const plainName = (name: string) => name.replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '');
