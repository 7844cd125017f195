import Figures

/// Which classes are taken for which.
struct ConfusionSection: Sendable {
  /// More classes make a table that nobody can read.
  private static let most = 30
  private static let pairs = 15

  let facts: RunFacts

  init(_ facts: RunFacts) { self.facts = facts }

  var section: PageSection? {
    guard case .classes(let records) = facts.predictions, !records.labels.isEmpty else { return nil }
    let (_, wrong, undefined) = records.counts
    var lead: HTML =
      "\(NumberText.count(wrong)) of \(NumberText.count(records.labels.count, "test record")) are predicted wrong."
    if undefined > 0 {
      lead += " The outputs for \(NumberText.count(undefined)) aren’t numbers: they count for no class."
    }
    let content = records.classNames.count <= Self.most ? matrix(records) : mostConfused(records)
    return PageSection(
      id: "confusion", heading: "Confusion", content: "<p class=\"lead\">\(lead)</p>\n\(content)")
  }

  /// Rows are the records' classes, columns the predicted ones.
  private func matrix(_ records: ClassifiedRecords) -> HTML {
    let heads = records.classNames.map { name -> HTML in "<th scope=\"col\"><span>\(name)</span></th>" }
    let rows = records.confusion.enumerated().map { label, counts -> HTML in
      let support = max(1, records.scores(of: label).support)
      let cells = counts.enumerated().map { choice, count -> HTML in
        let share = NumberText.fixed(Double(count) / Double(support), places: 3)
        let kind = choice == label ? "right" : "wrong"
        let hint = "\(records.classNames[label]) predicted as \(records.classNames[choice]): \(count) of \(support)"
        return count == 0
          ? "<td class=\"none\">0</td>"
          : "<td class=\"\(kind)\" style=\"--share:\(share)\" title=\"\(hint)\">\(count)</td>"
      }
      return "<tr><th scope=\"row\">\(records.classNames[label])</th>\(cells)</tr>\n"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
      <table class="confusion">
      <caption>Test records by their class (rows) and the predicted class (columns)</caption>
      <thead><tr><td></td>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      <p class="lead">Rows are the records’ classes, columns the predicted ones. Shades are shares of a row.</p>

      """
  }

  private func mostConfused(_ records: ClassifiedRecords) -> HTML {
    var pairs: [(label: Int, choice: Int, count: Int)] = []
    for (label, counts) in records.confusion.enumerated() {
      for (choice, count) in counts.enumerated() where count > 0 && choice != label {
        pairs.append((label, choice, count))
      }
    }
    var table = HTMLTable(
      "The classes that are confused most often", [.init("class"), .init("predicted as"), .init("records", .number)])
    for pair in pairs.sorted(by: { ($1.count, $0.label, $0.choice) < ($0.count, $1.label, $1.choice) }).prefix(
      Self.pairs)
    {
      table.append([
        .init("\(records.classNames[pair.label])"), .init("\(records.classNames[pair.choice])"),
        .init("\(pair.count)", key: Double(pair.count)),
      ])
    }
    return table.html
  }
}

/// Precision, recall and F1 of each class.
struct ClassSection: Sendable {
  let facts: RunFacts

  init(_ facts: RunFacts) { self.facts = facts }

  var section: PageSection? {
    guard case .classes(let records) = facts.predictions, !records.labels.isEmpty else { return nil }
    var table = HTMLTable(
      "Scores of each class",
      [
        .init("class"), .init("records", .number),
        .init("precision", .number, hint: "share of right ones among the records predicted to be of the class"),
        .init("recall", .number, hint: "share of the class’s records that are predicted right"),
        .init("F1", .number, hint: "harmonic mean of precision and recall"), .init("most often taken for"),
      ], isSortable: records.classNames.count > 1)
    for (label, name) in records.classNames.enumerated() {
      let scores = records.scores(of: label)
      table.append([
        .init("\(name)"), .init("\(NumberText.count(scores.support))", key: Double(scores.support)),
        cell(scores.precision), cell(scores.recall), cell(scores.f1), .init("\(rival(of: label, records))"),
      ])
    }
    return PageSection(id: "classes", heading: "Classes", content: table.html)
  }

  private func cell(_ share: Double?) -> HTMLTable.Cell {
    .init("\(share.map { NumberText.decimal($0 * 100, places: 1) + "%" } ?? "–")", key: share)
  }

  private func rival(of label: Int, _ records: ClassifiedRecords) -> String {
    let others = records.confusion[label].enumerated().filter { $0.offset != label && $0.element > 0 }
    guard let most = others.max(by: { ($0.element, $1.offset) < ($1.element, $0.offset) }) else { return "–" }
    return "\(records.classNames[most.offset]) (\(NumberText.count(most.element)))"
  }
}

/// What only the page of a run needs.
enum RunPageStyle {
  static let text = """
    .confusion{min-width:0;border-collapse:separate;border-spacing:2px}
    .confusion thead th{border:0;padding:.2rem .1rem;vertical-align:bottom}
    .confusion thead th span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap}
    .confusion tbody tr,.confusion tbody tr:last-child{border:0}
    .confusion tbody th{padding-right:.7rem}
    .confusion td{min-width:2.6rem;padding:.4rem .3rem;text-align:center;border-radius:2px;font-size:.84rem}
    .confusion .none{color:var(--soft);opacity:.5}
    .confusion .right{background:color-mix(in srgb,var(--better) calc(10% + 55% * var(--share)),var(--paper))}
    .confusion .wrong{background:color-mix(in srgb,var(--worse) calc(8% + 57% * var(--share)),var(--paper))}
    .mistakes{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.5rem,1fr));gap:1.1rem 1rem}
    .mistakes figure{margin:0}
    .mistakes img{display:block;width:100%;max-width:9rem;aspect-ratio:1;object-fit:contain;background:var(--wash)}
    .mistakes .small{image-rendering:pixelated}
    .mistakes figcaption{font-size:.8rem;line-height:1.35;margin-top:.35rem;overflow-wrap:anywhere}
    .mistakes b{font-weight:600;color:var(--ink)}
    @media (max-width:40rem){.confusion tbody th{position:static;min-width:0}.mistakes{grid-template-columns:repeat(3,minmax(0,1fr))}}
    @media print{.confusion td{print-color-adjust:exact;-webkit-print-color-adjust:exact}.mistakes figure{break-inside:avoid}}
    """
}
