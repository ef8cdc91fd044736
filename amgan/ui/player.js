// The player of a morph: the animation plays by itself; the slider and the pause button show single frames instead.
(() => {
  const player = element => element.closest('.ag-player');
  const fill = (text, frame) => text.replace('{frame}', frame + 1);

  function setFrame(root, frame) {
    const slider = root.querySelector('[data-ag="scrub"]');
    slider.value = frame;
    slider.setAttribute('aria-valuetext', fill(slider.dataset.spoken, frame));
    const text = root.querySelector('.ag-frame');
    text.textContent = fill(text.dataset.spoken, frame);
  }

  function pause(root, frame) {
    const still = root.querySelector('.ag-still');
    still.src = root.querySelectorAll('.ag-strip img')[frame].src;
    still.hidden = false;
    root.querySelector('.ag-animation').hidden = true;
    const button = root.querySelector('[data-ag="play"]');
    button.textContent = button.dataset.play;
    root.dataset.paused = '';
    setFrame(root, frame);
  }

  async function play(root) {
    const animation = root.querySelector('.ag-animation');
    // A new address of the same file starts it from the first frame.
    const file = await (await fetch(animation.src)).blob();
    animation.src = URL.createObjectURL(file);
    animation.hidden = false;
    root.querySelector('.ag-still').hidden = true;
    const button = root.querySelector('[data-ag="play"]');
    button.textContent = button.dataset.pause;
    delete root.dataset.paused;
  }

  const current = root => {
    const { count, ms, since } = root.dataset;
    return Math.floor((performance.now() - Number(since || 0)) / Number(ms)) % Number(count);
  };

  document.addEventListener('load', event => {
    if (!event.target.matches?.('.ag-animation')) return;
    const root = player(event.target);
    root.dataset.since = performance.now();
    if (event.target.src.startsWith('data:') && matchMedia('(prefers-reduced-motion: reduce)').matches) pause(root, 0);
  }, true);

  setInterval(() => {
    for (const root of document.querySelectorAll('.ag-player')) {
      if (root.dataset.since && !('paused' in root.dataset) && root.offsetParent) setFrame(root, current(root));
    }
  }, 80);

  document.addEventListener('input', event => {
    if (event.target.matches('[data-ag="scrub"]')) pause(player(event.target), Number(event.target.value));
  });

  document.addEventListener('click', event => {
    const strip = event.target.closest('.ag-strip');
    if (strip && event.target !== strip) return pause(player(strip), [...strip.children].indexOf(event.target));
    const button = event.target.closest('[data-ag="play"]');
    if (!button) return;
    const root = player(button);
    if ('paused' in root.dataset) play(root);
    else pause(root, current(root));
  });
})();
