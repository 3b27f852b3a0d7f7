import { parseProblem } from './client.ts';
import { ApiProblem, unreachable } from './problem.ts';

export interface UploadWatch {
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Sends a file as the request body. XMLHttpRequest, because fetch does not report how much has been sent. */
export function uploadFile<Answer>(url: string, file: File, { onProgress, signal }: UploadWatch): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.responseType = 'json';
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Answer);
      else reject(new ApiProblem(parseProblem(request.response, request.status)));
    };
    request.onerror = () => reject(new ApiProblem(unreachable));
    request.onabort = () => reject(new DOMException('The upload was stopped', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
