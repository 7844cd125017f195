/// The settings in which the arms differ, and those they share.
struct SettingSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    let arms = report.facts.arms
    var paths: [String] = []
    for setting in arms.flatMap(\.settings) where !paths.contains(setting.path) { paths.append(setting.path) }
    guard !paths.isEmpty else { return nil }
    func value(_ arm: ArmFacts, _ path: String) -> String? { arm.settings.first { $0.path == path }?.value }
    let differing = paths.filter { path in Set(arms.map { value($0, path) }).count > 1 }
    var content: HTML = .empty
    if !differing.isEmpty {
      var table = HTMLTable(
        "Settings in which the arms differ", [.init("arm")] + differing.map { .init("<code>\($0)</code>") },
        isSortable: true)
      for arm in arms {
        table.append(
          [.init("\(Swatch(report, arm.name).html)\(arm.name)")]
            + differing.map { path in
              let text = value(arm, path) ?? "–"
              return .init("<code>\(text)</code>", key: arm.settings.first { $0.path == path }?.number)
            })
      }
      content += table.html
    }
    let shared = paths.filter { !differing.contains($0) }
    if !shared.isEmpty, let first = arms.first {
      let rows = shared.map { path -> HTML in
        "<dt><code>\(path)</code></dt><dd><code>\(value(first, path) ?? "")</code></dd>\n"
      }
      let heading: HTML = arms.count > 1 ? "Common settings" : "Settings"
      content += "<h3>\(heading)</h3>\n<dl>\n\(rows)</dl>\n"
    }
    return PageSection(id: "settings", heading: "Settings", content: content)
  }
}
