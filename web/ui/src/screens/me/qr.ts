// The server's drawing of a QR code as numbers: what it sends is not put into the page as a document.
export interface QrDrawing { box: string; paths: { fill: string; d: string }[] }

export function readQr(svg: string): QrDrawing | null {
  const box = /viewBox="([\d ]+)"/.exec(svg)?.[1];
  if (!box) return null;
  const paths = [...svg.matchAll(/<path(?: fill="(#fff)")? d="([MhvzH\d. -]+)"/g)].map(([, fill, d]) => ({ fill: fill ?? '#000', d: d ?? '' }));
  return paths.length > 0 ? { box, paths } : null;
}
