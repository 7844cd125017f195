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
    [Optimizers](optimizers.md) says how they are used.

    *Memory* is the state as a multiple of the parameters, for a square matrix. *Agrees* is the greatest difference from the source over
    ten steps with given gradients, in `float64` and relative to the greatest parameter, that the tests allow: `formula` is NumPy, where
    no library in use has the form. Methods without a source are tests of their own, or combine others.
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

  private static func page() throws -> String {
    let matrix = TensorTree([("kernel", Tensor.zeros([100, 100], dtype: .float32))])
    let fixtures = try OptimizerFixtures.read()
    let sources = Dictionary(uniqueKeysWithValues: fixtures.cases.map { ($0.name, $0.source) })
    var rows: [String: [OptimizerRow]] = [:]
    for row in OptimizerRow.all { rows[try MethodSpec(parsing: row.choice).name, default: []].append(row) }
    var lines = [head, "", "## Optimizers", ""]
    lines += ["| name | what it is | memory | source | agrees | settings | paper |", "|---|---|---|---|---|---|---|"]
    for type in Registry<any Optimizer>.all.types {
      let own = try Registry<any Optimizer>.all.build(MethodSpec(type.name))
      let tested = rows[type.name] ?? []
      let names = Set(tested.compactMap { sources[$0.fixture] }).sorted().joined(separator: ", ")
      let tolerance = tested.map(\.tolerance).max().map { "\($0)" } ?? ""
      let memory = multiple(own.transform.initial(matrix), of: matrix)
      let checked = "\(names) | \(tolerance)"
      lines.append(
        "| `\(type.name)` | \(type.summary) | \(memory) | \(checked) | \(settings(type)) | \(paper(type)) |")
    }
    lines += ["", "## Transforms before an optimizer", ""]
    lines += ["| name | what it is | settings | paper |", "|---|---|---|---|"]
    for type in Registry<any NamedTransform>.all.types {
      lines.append("| `\(type.name)` | \(type.summary) | \(settings(type)) | \(paper(type)) |")
    }
    lines += ["", "## Gradient rules", ""]
    lines += ["| name | what it is | evaluations a step | memory | settings | paper |", "|---|---|---|---|---|---|"]
    for type in Registry<any GradientRule>.all.types {
      let own = try Registry<any GradientRule>.all.build(MethodSpec(type.name))
      let memory = multiple(own.initial(matrix), of: matrix)
      let cost = (own.evaluationsPerStep * 10).rounded() / 10
      lines.append(
        "| `\(type.name)` | \(type.summary) | \(cost) | \(memory) | \(settings(type)) | \(paper(type)) |")
    }
    lines += ["", "## Averages", "", "| name | what it is | memory | settings | paper |", "|---|---|---|---|---|"]
    for type in Registry<any Averaging>.all.types {
      let own = try Registry<any Averaging>.all.build(MethodSpec(type.name))
      let memory = multiple(own.initial(matrix), of: matrix)
      lines.append("| `\(type.name)` | \(type.summary) | \(memory) | \(settings(type)) | \(paper(type)) |")
    }
    return lines.joined(separator: "\n") + "\n"
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
