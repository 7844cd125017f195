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
          table.dispatchEvent(new Event('sorted'));
        });
      });
    }
    // Long tables and lists show their first rows; a search looks through the names of all of them.
    const folds = new Map();
    const foldLong = root => {
      for (const list of root.querySelectorAll('.long')) {
        const name = list.dataset.long;
        const fold = folds.get(name) ?? {isOpen: false, text: ''};
        folds.set(name, fold);
        const search = document.createElement('input');
        search.type = 'search';
        search.placeholder = 'Search';
        search.setAttribute('aria-label', 'Search: ' + name);
        search.value = fold.text;
        const count = document.createElement('span');
        count.setAttribute('role', 'status');
        const button = document.createElement('button');
        button.type = 'button';
        const tools = document.createElement('p');
        tools.className = 'tools';
        tools.append(search, count, button);
        (list.closest('.scroll') ?? list).before(tools);
        const show = () => {
          const body = list.tBodies ? list.tBodies[0] : list;
          const rows = Array.from(body.children).filter(row => !row.classList.contains('axis'));
          const nameOf = row => (row.cells ? row.cells[0] : row.querySelector('h3')).textContent.toLowerCase();
          const text = fold.text.trim().toLowerCase();
          const found = rows.filter(row => nameOf(row).includes(text));
          const shown = new Set(fold.isOpen ? found : found.slice(0, \(PageFold.rows)));
          rows.forEach(row => { row.hidden = !shown.has(row); });
          count.textContent = shown.size + ' of ' + rows.length;
          button.hidden = found.length === shown.size ? !fold.isOpen : false;
          button.textContent = fold.isOpen ? 'Show fewer' : 'Show all ' + found.length;
        };
        search.addEventListener('input', () => { fold.text = search.value; show(); });
        button.addEventListener('click', () => { fold.isOpen = !fold.isOpen; show(); });
        list.addEventListener('sorted', show);
        show();
      }
    };
    foldLong(document);
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
