import Configuration
import Foundation
import Optimizers
import TestSupport
import Testing

/// `docs/methods.md` says what the declarations, states and fixtures say. With `TANREN_WRITE_METHODS=1` it is written.
@Suite(.tags(.unit)) struct MethodPageTests {
  private static let head = """
    # Methods

    All optimizers, gradient rules and averages that can be named, with their settings and defaults. The tests write this page from the
    declarations (`TANREN_WRITE_METHODS=1 swift test --filter MethodPageTests`); `tanren methods NAME` explains the settings.
    [Optimizers](optimizers.md) says how they are used, and [beside other libraries](method-comparison.md) what pytorch_optimizer, optax,
    timm and Keras have.

    *Memory* is the state as a multiple of the parameters, for a square matrix. *Agrees* is the greatest difference from the source over
    ten steps with given gradients, or eight of a small problem for rules, in `float64` and relative to the greatest parameter, that the
    tests allow: `authors` is the authors' package or repository, `others` another paper's code, `formula` NumPy. Methods without a source
    are tests of their own, or combine others. *Recipes* use the method.

    In formulas `g` is the gradient of the mini-batch's loss `L`, `w` a parameter and `u` its update, `η` the learning rate, `λ` weight
    decay, `t` the number of the step. A hat corrects the bias of a mean towards zero, `Δg` is the gradient less that of the step before,
    and `|x|` a norm.
    """

  private static func settings(_ type: any Configurable.Type) -> String {
    type.parameters.map { "`\($0.name): \($0.defaultValue)`" }.joined(separator: ", ")
  }

  private static func paper(_ type: any Configurable.Type) -> String {
    type.reference.map { "[\($0.authors) \($0.year)](\($0.link))" } ?? ""
  }

  private static func multiple(_ state: TensorTree, of parameters: TensorTree) -> String {
    "\(Int((Double(state.elementCount) / Double(parameters.elementCount)).rounded()))"
  }

  /// The names of methods in each recipe: what stands behind a slot's key, without the names of settings.
  private static func uses() throws -> [(recipe: String, names: Set<String>)] {
    let folder = Locations.package.appending(path: "Recipes")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "yml" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
    return try files.map { file in
      var names: Set<String> = []
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        for slot in line.matches(of: /\b(?:optimizer|gradientRule|averaging): (.*)/) {
          for word in slot.output.1.matches(of: /\b([A-Za-z]+)\b(?!:)/) { names.insert(String(word.output.1)) }
        }
      }
      return (file.deletingPathExtension().lastPathComponent, names)
    }
  }

  /// A section's table.
  private static func table(_ columns: [String], _ rows: [[String]]) -> [String] {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    return ["", line(columns), "|" + String(repeating: "---|", count: columns.count)] + rows.map(line)
  }

  private static func checked(_ tests: [(source: String?, tolerance: Double)]) -> [String] {
    let names = Set(tests.compactMap(\.source)).sorted().joined(separator: ", ")
    return [names, tests.map(\.tolerance).max().map { "\($0)" } ?? ""]
  }

  private static func page() throws -> String {
    let matrix = TensorTree([("kernel", Tensor.zeros([100, 100], dtype: .float32))])
    let uses = try uses()
    func common(_ type: any Configurable.Type) -> [String] {
      ["`\(type.name)`", type.summary, type.formula ?? ""]
    }
    func last(_ type: any Configurable.Type) -> [String] {
      [settings(type), uses.filter { $0.names.contains(type.name) }.map(\.recipe).joined(separator: ", "), paper(type)]
    }
    let ends = ["settings", "recipes", "paper"]
    let starts = ["name", "what it is", "formula"]
    let cases = try OptimizerFixtures.read().cases
    let sources = Dictionary(uniqueKeysWithValues: cases.map { ($0.name, $0.source) })
    let ruleSources = try Dictionary(uniqueKeysWithValues: RuleFixtures.read().cases.map { ($0.name, $0.source) })
    var rows: [String: [(String?, Double)]] = [:]
    for row in OptimizerRow.all {
      rows[try MethodSpec(parsing: row.choice).name, default: []].append((sources[row.fixture], row.tolerance))
    }
    var ruleRows: [String: [(String?, Double)]] = [:]
    for row in RuleRow.all {
      ruleRows[try MethodSpec(parsing: row.rule).name, default: []].append((ruleSources[row.fixture], row.tolerance))
    }
    var lines = [head, "", "## Optimizers"]
    lines += table(
      starts + ["memory", "source", "agrees"] + ends,
      try Registry<any Optimizer>.all.types.map { type in
        let own = try Registry<any Optimizer>.all.build(MethodSpec(type.name))
        let memory = multiple(own.transform.initial(matrix), of: matrix)
        return common(type) + [memory] + checked(rows[type.name] ?? []) + last(type)
      })
    lines += ["", "## Transforms before an optimizer"]
    lines += table(starts + ends, Registry<any NamedTransform>.all.types.map { common($0) + last($0) })
    lines += ["", "## Gradient rules"]
    lines += table(
      starts + ["evaluations a step", "memory", "source", "agrees"] + ends,
      try Registry<any GradientRule>.all.types.map { type in
        let own = try Registry<any GradientRule>.all.build(MethodSpec(type.name))
        let cost = (own.evaluationsPerStep * 10).rounded() / 10
        let memory = multiple(own.initial(matrix), of: matrix)
        return common(type) + ["\(cost)", memory] + checked(ruleRows[type.name] ?? []) + last(type)
      })
    lines += ["", "## Averages"]
    lines += table(
      starts + ["memory"] + ends,
      try Registry<any Averaging>.all.types.map { type in
        let own = try Registry<any Averaging>.all.build(MethodSpec(type.name))
        return common(type) + [multiple(own.initial(matrix), of: matrix)] + last(type)
      })
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func everyMethodHasAFormula() {
    let optimizers = Registry<any Optimizer>.all.types.filter { $0.formula == nil }.map { $0.name }
    let transforms = Registry<any NamedTransform>.all.types.filter { $0.formula == nil }.map { $0.name }
    let rules = Registry<any GradientRule>.all.types.filter { $0.formula == nil }.map { $0.name }
    let averages = Registry<any Averaging>.all.types.filter { $0.formula == nil }.map { $0.name }
    #expect(optimizers + transforms + rules + averages == [])
  }

  @Test func thePageIsWhatTheDeclarationsSay() throws {
    let (page, file) = (try Self.page(), Locations.package.appending(path: "docs/methods.md"))
    if ProcessInfo.processInfo.environment["TANREN_WRITE_METHODS"] == "1" {
      try page.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(
      try String(contentsOf: file, encoding: .utf8) == page,
      "docs/methods.md is out of date: TANREN_WRITE_METHODS=1 swift test --filter MethodPageTests")
  }
}
