// Gives the browser a file to save. Its parts stay apart: together they may be longer than a text can be.
export function saveFile(name: string, parts: string[], type = 'application/x-ndjson') {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  document.body.append(link); // Firefox wants it in the page
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export const today = () => new Date().toISOString().slice(0, 10);
