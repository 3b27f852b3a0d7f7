/** A page that is not kept anywhere. */
export const htmlAnswer = (status: number, html: string): Response =>
  new Response(html, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
