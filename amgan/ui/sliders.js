// The sliders of a picture in the viewer: each moves it along a direction of the model, and the server draws what comes.
(() => {
  const { amgan } = window;
  let offered = '';
  // The picture that is moved, and the one that the server was asked to move, null if it is not at it.
  let base = null;
  let asked = null;
  let isAskedAgain = false;
  let isComing = false;

  const dialog = () => document.querySelector('.ag-viewer');
  const place = () => dialog().querySelector('[data-ag="sliders"]');
  const sliders = () => [...place().querySelectorAll('input')];
  const choiceOf = slider => slider.closest('.ag-slider').querySelector('select');
  const percentOf = slider => Math.abs(slider.value);

  // Of a slider with two ends the one that it is moved to, of one with a choice of classes the class.
  function endOf(slider) {
    const choice = choiceOf(slider);
    if (choice) return { number: choice.value, text: choice.selectedOptions[0].dataset.text };
    const end = slider.value < 0 ? 0 : 1;
    return { number: slider.dataset.numbers.split(' ')[end], text: slider.dataset[end ? 'other' : 'first'] };
  }

  const movesOf = () => sliders().filter(percentOf).map(slider => `${endOf(slider).number}:${percentOf(slider)}`).join(',');

  function speak(slider) {
    const spoken = slider.dataset.spoken.replace('{percent}', percentOf(slider)).replace('{end}', endOf(slider).text);
    slider.setAttribute('aria-valuetext', spoken);
  }

  // Put the slider of a direction, if it is still free, to where a picture is along it.
  function set(number, percent) {
    for (const slider of sliders().filter(one => !percentOf(one))) {
      const choice = choiceOf(slider);
      const end = slider.dataset.numbers?.split(' ').indexOf(number) ?? -1;
      if (choice && [...choice.options].some(option => option.value === number)) choice.value = number;
      else if (end < 0) continue;
      const value = end === 0 ? -percent : percent;
      slider.min = Math.min(slider.min, value);
      slider.max = Math.max(slider.max, value);
      slider.value = value;
      return true;
    }
    return false;
  }

  // All of them in the middle, for a picture that is to be moved.
  function begin(picture) {
    const isOpen = place().querySelector('details')?.open ?? false;
    place().innerHTML = offered;
    if (offered) place().querySelector('details').open = isOpen;
    base = picture;
  }

  // The viewer has another picture: its sliders stand where its name says.
  function show() {
    if (isComing) return;
    const { seed, label, truncation, base: before, moves } = dialog().dataset;
    const pairs = moves.split(',').filter(Boolean).map(move => move.split(':'));
    begin({ seed: before || seed, label, truncation });
    // More than these sliders can say: they go on from the picture as it is.
    if (!pairs.every(([number, percent]) => set(number, Number(percent)))) begin({ seed, label, truncation });
    sliders().forEach(speak);
  }

  function ask() {
    isAskedAgain = asked !== null;
    if (isAskedAgain) return;
    asked = base;
    document.dispatchEvent(new CustomEvent('amgan-slide', { detail: { ...base, moves: movesOf() } }));
  }

  Object.assign(amgan, {
    offer(html) { offered = html; },

    // The server has drawn what it was asked for, or says why not. Meanwhile another picture may be in the viewer.
    slid(message, tile) {
      const isShown = asked === base && offered && dialog().open;
      asked = null;
      if (isShown) {
        const said = place().querySelector('.ag-slid');
        said.innerHTML = message;
        if (!said.textContent) {
          const parsed = document.createElement('template');
          parsed.innerHTML = tile;
          isComing = true;
          amgan.view(parsed.content.querySelector('.ag-tile'));
          isComing = false;
        }
      }
      if (isAskedAgain) ask();
    },
  });

  document.addEventListener('amgan-opened', show);
  document.addEventListener('input', event => {
    const slider = event.target.closest('.ag-slider')?.querySelector('input');
    if (!slider) return;
    speak(slider);
    // Another class for a slider that was not moved changes nothing.
    if (event.target === slider || percentOf(slider)) ask();
  });
  document.addEventListener('click', event => {
    if (!event.target.closest('[data-ag="unslide"]')) return;
    for (const slider of sliders()) {
      slider.value = 0;
      speak(slider);
    }
    ask();
  });
})();
