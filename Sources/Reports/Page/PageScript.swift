/// What a page does beyond being read: tables sort by a click on a column's name, and commands copy themselves.
///
/// Without `<` and `&`, so that the page is well-formed XML.
enum PageScript {
  static let text: HTML = """
    document.documentElement.classList.add('js');
    // Numbers inside of names are compared as numbers: 0.03 comes before 0.1.
    const compareNames = (one, other) => {
      const [a, b] = [one, other].map(text => text.split(/(\\d+(?:\\.\\d+)?)/));
      for (const index of a.keys()) {
        const order = index % 2 ? a[index] - b[index] : a[index].localeCompare(b[index] ?? '');
        if (order) return order;
      }
      return a.length - b.length;
    };
    for (const table of document.querySelectorAll('table.sortable')) {
      const body = table.tBodies[0];
      const heads = Array.from(table.tHead.rows[0].cells);
      heads.forEach((head, column) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener('click', () => {
          const first = head.classList.contains('number') ? 'descending' : 'ascending';
          const other = first === 'ascending' ? 'descending' : 'ascending';
          const order = head.getAttribute('aria-sort') === first ? other : first;
          heads.forEach(each => each.removeAttribute('aria-sort'));
          head.setAttribute('aria-sort', order);
          const sign = order === 'ascending' ? 1 : -1;
          const compare = (one, two) => {
            const [a, b] = [one.cells[column], two.cells[column]];
            const [x, y] = [a.dataset.key, b.dataset.key];
            if (x === undefined ? y === undefined : false)
              return sign * compareNames(a.textContent, b.textContent);
            if (x === undefined) return 1;
            if (y === undefined) return -1;
            return sign * (Number(x) - Number(y));
          };
          body.append(...Array.from(body.rows).sort(compare));
        });
      });
    }
    for (const frame of document.querySelectorAll('.command')) {
      const code = frame.querySelector('code');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = 'Copy';
      button.setAttribute('aria-live', 'polite');
      frame.append(button);
      button.addEventListener('click', async () => {
        const select = () => {
          const range = document.createRange();
          range.selectNodeContents(code);
          const selection = getSelection();
          selection.removeAllRanges();
          selection.addRange(range);
        };
        try {
          await navigator.clipboard.writeText(code.textContent);
          button.textContent = 'Copied';
        } catch {
          select();
          button.textContent = document.execCommand('copy') ? 'Copied' : 'Selected';
        }
        setTimeout(() => { button.textContent = 'Copy'; }, 2000);
      });
    }
    """
}
