import Studies

/// Fetches the main part of a page again, less often while nobody looks, and says when the server is gone.
enum LiveScript {
  static let text: HTML = """
    const main = document.querySelector('main');
    const pulse = document.querySelector('.pulse');
    const word = pulse.querySelector('span');
    let known = null;
    async function look() {
      try {
        const headers = known === null ? {} : {'If-None-Match': known};
        const answer = await fetch(main.dataset.live, {headers, cache: 'no-store'});
        if (answer.status === 200) {
          const text = await answer.text();
          // What a reader scrolled and where the keyboard is stays.
          const stops = () => Array.from(main.querySelectorAll('a, [tabindex]'));
          const focus = stops().indexOf(document.activeElement);
          const scrolled = Array.from(main.querySelectorAll('.scroll'), each => each.scrollLeft);
          main.innerHTML = text;
          main.querySelectorAll('.scroll').forEach((each, index) => { each.scrollLeft = scrolled[index] || 0; });
          if (focus !== -1) stops()[focus]?.focus({preventScroll: true});
          known = answer.headers.get('ETag');
        } else if (answer.status !== 304) {
          return lost('The study can’t be read now; trying again');
        }
        pulse.classList.remove('lost');
        word.textContent = 'Live, ' + new Date().toLocaleTimeString();
      } catch {
        lost('The server can’t be reached; trying again');
      }
    }
    function lost(reason) {
      known = null;
      pulse.classList.add('lost');
      word.textContent = reason;
    }
    async function watch() {
      await look();
      setTimeout(watch, document.hidden ? 10000 : 1000);
    }
    watch();
    """
}
