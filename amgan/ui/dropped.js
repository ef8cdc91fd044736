// A picture that was downloaded here and is dropped on the page is opened again by the name in its file. Nothing is sent:
// what the file says becomes a link, and the server believes it no more than any other link.
(() => {
  const { amgan } = window;
  // Of a file only its beginning is read, where the name stands, before the pixels.
  const MOST_READ = 65536;
  const MOST_TEXT = 4096;
  const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
  const KEYWORD = 'amgan\0\0\0\0\0'; // text that is not compressed, in no language (PNG specification, iTXt)

  // What stands under our keyword in a PNG file, null if nothing does.
  function nameIn(bytes) {
    if (SIGNATURE.some((byte, place) => bytes[place] !== byte)) return null;
    const view = new DataView(bytes.buffer);
    let start = SIGNATURE.length;
    while (start + 12 <= bytes.length) {
      const size = view.getUint32(start);
      const kind = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
      const content = bytes.subarray(start + 8, start + 8 + size);
      if (kind === 'IDAT' || content.length < size) return null;
      const head = String.fromCharCode(...content.subarray(0, KEYWORD.length));
      if (kind === 'iTXt' && head === KEYWORD && size <= MOST_TEXT) {
        return JSON.parse(new TextDecoder().decode(content.subarray(KEYWORD.length)));
      }
      start += 12 + size;
    }
    return null;
  }

  const isPlain = value => typeof value === 'string' || typeof value === 'number';

  function linkOf(name) {
    const link = new URLSearchParams();
    const said = {
      model: name.model, rev: name.revision, class: name.asked_class, n: 1, seed: name.variation ?? name.seed,
      truncation: name.truncation,
    };
    for (const [key, value] of Object.entries(said)) if (isPlain(value)) link.set(key, value);
    return ['model', 'rev', 'seed'].every(key => link.has(key)) ? `?${link}` : null;
  }

  function say(text) {
    document.querySelector('.ag-dropped').textContent = text;
  }

  async function open(file) {
    const { foreign, sure } = document.querySelector('.ag-dropped').dataset;
    let link = null;
    let name = null;
    try {
      name = nameIn(new Uint8Array(await file.slice(0, MOST_READ).arrayBuffer()));
      link = name && linkOf(name);
    } catch {
      // No JSON, or a file that went away: it does not say which picture it is.
    }
    if (!link) return say(foreign);
    // A sheet searches for a class at the model's own confidence only.
    if (isPlain(name.confidence)) return say(sure);
    document.querySelector('dialog[open]')?.close();
    amgan.go(link);
  }

  const isFile = event => event.dataTransfer?.types.includes('Files');
  const over = is => document.documentElement.toggleAttribute('data-dropping', is);

  // Otherwise the browser would leave the page and show the file.
  document.addEventListener('dragover', event => {
    if (!isFile(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    over(true);
  });
  document.addEventListener('dragleave', event => { if (!event.relatedTarget) over(false); });
  document.addEventListener('drop', event => {
    if (!isFile(event)) return;
    event.preventDefault();
    over(false);
    say('');
    open(event.dataTransfer.files[0]);
  });
  for (const done of ['click', 'keydown']) document.addEventListener(done, () => { if (document.querySelector('.ag-dropped')?.textContent) say(''); });
})();
