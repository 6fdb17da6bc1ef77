// Text made small: for an address, and for the bundle inside a page.

async function through(
  data: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const out = new Response(new Blob([data]).stream().pipeThrough(stream));
  return new Uint8Array(await out.arrayBuffer());
}

/** Returns a text, deflated, as base64. */
export async function deflated(text: string): Promise<string> {
  const plain = new TextEncoder().encode(text);
  const small = await through(plain, new CompressionStream("deflate-raw"));
  return btoa(String.fromCharCode(...small));
}

/** Returns the text that `deflated` made small. */
export async function inflated(base64: string): Promise<string> {
  const small = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
  const plain = await through(small, new DecompressionStream("deflate-raw"));
  return new TextDecoder().decode(plain);
}
