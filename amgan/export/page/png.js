// PNG files with the mark of a made-up picture and its name in them, the same as in amgan/sampling/marking.py.

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GREY = 0;
const RGB = 2;
const XMP =
  '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ' +
  'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
  'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" ' +
  'e:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/></rdf:RDF></x:xmpmeta>' +
  '<?xpacket end="r"?>';

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc(content) {
  let value = 0xffffffff;
  for (const byte of content) value = remainders[(value ^ byte) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}

function chunk(kind, content) {
  const whole = new Uint8Array(content.length + 12);
  const view = new DataView(whole.buffer);
  view.setUint32(0, content.length);
  whole.set(new TextEncoder().encode(kind), 4);
  whole.set(content, 8);
  view.setUint32(content.length + 8, crc(whole.subarray(4, content.length + 8)));
  return whole;
}

function text(keyword, said) {
  return chunk("iTXt", new TextEncoder().encode(`${keyword}\0\0\0\0\0${said}`));
}

async function compressed(content) {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// A picture of width x height, grey or RGB by how many bytes there are; `name` is what a manifest's row says of it.
export async function markedPng(pixels, width, height, name = null) {
  const row = pixels.length / height;
  const lines = new Uint8Array((row + 1) * height); // before each line its filter: none
  for (let y = 0; y < height; y += 1) lines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, row === width ? GREY : RGB);
  return new Blob(
    [
      SIGNATURE,
      chunk("IHDR", new Uint8Array(header.buffer)),
      text("XML:com.adobe.xmp", XMP),
      ...(name ? [text("amgan", JSON.stringify(name))] : []),
      chunk("IDAT", await compressed(lines)),
      chunk("IEND", new Uint8Array()),
    ],
    { type: "image/png" },
  );
}
