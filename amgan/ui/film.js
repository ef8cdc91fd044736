// The sheets of a training: the slider shows one of them, and so does the button, one after the other.
(() => {
  const MILLISECONDS = 500;
  let playing = null;

  function show(film, place) {
    const sheets = [...film.querySelectorAll('img')];
    sheets.forEach((sheet, number) => { sheet.hidden = number !== place; });
    const slider = film.querySelector('input');
    slider.value = place;
    slider.setAttribute('aria-valuetext', sheets[place].alt);
    film.querySelector('.ag-frame').textContent = sheets[place].alt;
  }

  function stop() {
    clearInterval(playing);
    playing = null;
    for (const button of document.querySelectorAll('[data-ag="film-play"]')) button.textContent = button.dataset.play;
  }

  document.addEventListener('input', event => {
    if (!event.target.matches('[data-ag="film"]')) return;
    stop();
    show(event.target.closest('.ag-film'), Number(event.target.value));
  });

  document.addEventListener('click', event => {
    const button = event.target.closest('[data-ag="film-play"]');
    if (!button) return;
    if (playing !== null) return stop();
    const film = button.closest('.ag-film');
    const last = film.querySelectorAll('img').length - 1;
    let place = Number(film.querySelector('input').value) % last;
    show(film, place);
    button.textContent = button.dataset.pause;
    playing = setInterval(() => {
      place += 1;
      if (!film.isConnected || place > last) return stop();
      show(film, place);
    }, MILLISECONDS);
  });
})();
