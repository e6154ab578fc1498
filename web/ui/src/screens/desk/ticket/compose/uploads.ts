// Files for a comment to come. fetch() does not tell how far an upload is, XMLHttpRequest does. The server keeps what was
// uploaded for ten minutes only, so the file itself is kept here until its comment was sent, and uploaded again where needed.
import { ApiError, csrfOf, parseJson, type Problem } from '@/api/http';
import { checkSession } from '@/app/session';

export interface FileItem {
  key: string;
  file: File;
  name: string;
  size: number;
  done: number; // 0 to 1
  token: string | null;
  problem: string | null;
}

let counted = 0;
export const itemOf = (file: File): FileItem => {
  counted += 1;
  return { key: `f${counted}`, file, name: file.name || 'file', size: file.size, done: 0, token: null, problem: null };
};

interface UploadAnswer { upload: { token: string; attachment: { file_name: string; size: number } } }

export function upload(item: FileItem, told: (done: number) => void): Promise<UploadAnswer['upload']> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v2/uploads?filename=${encodeURIComponent(item.name)}`);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Content-Type', item.file.type || 'application/octet-stream');
    const token = csrfOf();
    if (token) request.setRequestHeader('X-CSRF-Token', token);
    request.upload.onprogress = (event) => { if (event.lengthComputable) told(event.loaded / event.total); };
    request.onerror = () => reject(new ApiError(0));
    request.onload = () => {
      let body: unknown = null;
      try { body = parseJson(request.responseText); } catch { /* an answer of something in between */ }
      if (request.status < 300 && body) return resolve((body as UploadAnswer).upload);
      if (request.status === 401) void checkSession();
      return reject(new ApiError(request.status, (body ?? {}) as Problem));
    };
    request.send(item.file);
  });
}
