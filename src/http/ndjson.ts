/** A file with one JSON object on a line each, sent as it is read. */
export function ndjsonResponse(fileName: string, pages: AsyncIterable<readonly object[]>): Response {
  const encoder = new TextEncoder();
  async function* lines(): AsyncGenerator<Uint8Array> {
    for await (const page of pages) yield encoder.encode(page.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  return new Response(ReadableStream.from(lines()), {
    headers: {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
    },
  });
}
