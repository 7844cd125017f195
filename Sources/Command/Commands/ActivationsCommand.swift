import ArgumentParser
import Tanren

/// `tanren activations`: plots of activation functions and their derivatives.
struct ActivationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activations",
    abstract: "Plot activation functions and their derivatives as SVG.",
    discussion: """
      Values and derivatives are computed by the engine, exactly as in training. Without arguments, every \
      activation is drawn in its own panel.

      Examples:
        tanren activations
        tanren activations hSwish 'hSwish(n: 3)' swish --overlay --from -4 --to 4
        tanren activations mish tanhExp --output mish-and-tanhexp.svg
      """)

  @Argument(help: ArgumentHelp("Activations, with settings if needed: 'hSwish(n: 3)'.", valueName: "name"))
  var names: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("Left end of the x-axis.", valueName: "x"))
  var from: Double = -6

  @Option(parsing: .unconditional, help: ArgumentHelp("Right end of the x-axis.", valueName: "x"))
  var to: Double = 6

  @Flag(help: "Draw all functions in one panel and all derivatives in another.")
  var overlay = false

  @Option(help: ArgumentHelp("SVG file to write.", valueName: "file"))
  var output = "out/activations.svg"

  @OptionGroup(title: "Device options") var device: DeviceOptions

  func run() throws {
    guard from < to, from.magnitude <= 1e6, to.magnitude <= 1e6 else {
      throw UsageError(
        "--from \(from) and --to \(to) are no interval: --from must be less than --to, and both within ±1,000,000")
    }
    let choices =
      try names.isEmpty
      ? Registry<any Activation>.all.names.map { MethodSpec($0) } : names.map { try MethodSpec(parsing: $0) }
    let activations = try choices.map { ($0, try Registry<any Activation>.all.build($0)) }
    try device.start()
    var curves: [ActivationCurve] = []
    for (choice, activation) in activations {
      if let curve = try ActivationCurve(activation, name: choice.description, in: from...to) {
        curves.append(curve)
      } else if !names.isEmpty {
        throw UsageError("'\(choice)' is not a function of one number and cannot be plotted")
      }
    }
    let sheet = ActivationSheet(curves, isOverlaid: overlay)
    try OutputFolder.write(sheet.grid().svg(), to: output)
    let terminal = Terminal.current()
    terminal.write(sheet.table().text(colors: terminal.colors))
    terminal.write("Written: \(output)\n")
  }
}

/// The values and derivatives of an activation over an interval, computed by the engine in double precision.
struct ActivationCurve {
  let name: String
  let summary: String
  let range: ClosedRange<Double>
  let x: [Double]
  let values: [Double]
  let derivatives: [Double]

  private static let points = 601

  /// `nil` for a function of several numbers, such as softmax.
  init?(_ activation: any Activation, name: String, in interval: ClosedRange<Double>) throws {
    let step = (interval.upperBound - interval.lowerBound) / Double(Self.points - 1)
    let numbers = (0..<Self.points).map { interval.lowerBound + Double($0) * step }
    let x = Tensor(numbers)
    let values = activation(x)
    let alone = activation(x.reshape(to: [Self.points, 1])).reshape(to: [Self.points])
    let slopes = gradient(at: x) { activation($0).sum() }
    let results = try Tensor.evaluate([values, alone, slopes]).map { try $0.values(as: Double.self) }
    // An elementwise function gives the same result whatever the shape.
    guard results[0] == results[1] else { return nil }
    self.name = name
    summary = Swift.type(of: activation).summary
    range = activation.range
    self.x = numbers
    (self.values, derivatives) = (results[0], results[2])
  }

  /// The point at which `numbers` are extreme.
  func extreme(of numbers: [Double], by isBefore: (Double, Double) -> Bool) -> (x: Double, y: Double)? {
    zip(x, numbers).filter { $0.1.isFinite }.min { isBefore($0.1, $1.1) }.map { (x: $0.0, y: $0.1) }
  }
}

/// Activations as a grid of charts and as a table.
struct ActivationSheet {
  private let curves: [ActivationCurve]
  private let isOverlaid: Bool

  init(_ curves: [ActivationCurve], isOverlaid: Bool) {
    (self.curves, self.isOverlaid) = (curves, isOverlaid)
  }

  func grid() -> ChartGrid {
    guard isOverlaid else {
      let panels = curves.map { curve in
        Chart(
          curve.name, x: ChartAxis("x"),
          lines: [
            LineSeries("function", x: curve.x, y: curve.values),
            LineSeries("derivative", x: curve.x, y: curve.derivatives, dash: .dashed),
          ])
      }
      return ChartGrid("Activations", panels: panels, sharesX: true)
    }
    func chart(_ title: String, _ values: KeyPath<ActivationCurve, [Double]>) -> Chart {
      Chart(title, x: ChartAxis("x"), lines: curves.map { LineSeries($0.name, x: $0.x, y: $0[keyPath: values]) })
    }
    return ChartGrid(
      "Activations", panels: [chart("function", \.values), chart("derivative", \.derivatives)], columns: 2)
  }

  /// Extremes are taken over the plotted points.
  func table() -> TextTable {
    var table = TextTable(
      [
        "activation", TableColumn("range", .right), TableColumn("minimum", .right),
        TableColumn("minimum slope", .right), TableColumn("maximum slope", .right), "description",
      ])
    for curve in curves {
      let cells = [
        curve.name, "\(Self.text(curve.range.lowerBound))…\(Self.text(curve.range.upperBound))",
        Self.text(curve.extreme(of: curve.values, by: <)), Self.text(curve.extreme(of: curve.derivatives, by: <)),
        Self.text(curve.extreme(of: curve.derivatives, by: >)), curve.summary,
      ]
      table.append(cells.map { TableCell($0) })
    }
    return table
  }

  private static func text(_ extreme: (x: Double, y: Double)?) -> String {
    extreme.map { "\(text($0.y)) at \(text($0.x))" } ?? ""
  }

  private static func text(_ number: Double) -> String {
    NumberText.typeset(NumberText.significant(number))
  }
}
