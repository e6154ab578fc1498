// Pictures in what is pasted: they become files of the reply, as a text has no place for them. Word processors put a picture
// of a text beside that text: then the text is meant.
const kTypes = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/=\s]+)$/;
const kMost = 20;

function pictureOf(address: string, at: number): File | null {
  const found = kTypes.exec(address);
  if (!found) return null;
  try {
    const bytes = Uint8Array.from(atob(found[2]!.replace(/\s/g, '')), (sign) => sign.charCodeAt(0));
    return new File([bytes], `picture-${at + 1}.${found[1]!.split('/')[1]}`, { type: found[1] });
  } catch { return null; }
}

// Of HTML, which is read and never shown: a document of its own loads and runs nothing.
export function picturesIn(html: string): File[] {
  if (!/<img\b/i.test(html)) return [];
  const pictures = [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('img')].slice(0, kMost);
  return pictures.flatMap((each, at) => pictureOf(each.getAttribute('src') ?? '', at) ?? []);
}

// `isWhole`: there is nothing else in it that could be pasted.
export function pastedFiles(data: Pick<DataTransfer, 'files' | 'getData'> | null): { files: File[]; isWhole: boolean } {
  if (!data) return { files: [], isWhole: false };
  const text = data.getData('text/plain').trim();
  const files = [...data.files];
  if (files.length > 0 && !(text && files.every((each) => each.type.startsWith('image/')))) return { files, isWhole: true };
  return { files: picturesIn(data.getData('text/html')), isWhole: false };
}
