/** A file of comma-separated lines, sent as it is read. */
export function csvAnswer(
  file: { readonly name: string; readonly plainName: string },
  pieces: AsyncIterable<string>,
): Response {
  const encoder = new TextEncoder();
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) yield encoder.encode(piece);
  }
  return new Response(ReadableStream.from(bytes()), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      // RFC 6266 with RFC 8187: any name, whatever it holds.
      'content-disposition': `attachment; filename="${file.plainName}"; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'cache-control': 'no-store',
    },
  });
}
