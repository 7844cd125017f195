import ArgumentParser
import Tanren

/// `tanren activations`: activation functions and their derivatives, drawn.
struct ActivationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activations",
    abstract: "Draws activation functions and their derivatives as SVG.",
    discussion: """
      Values and derivatives are the engine's: what is drawn is what trains. Without names all activations are \
      drawn, each in a panel of its own.

      Examples:
        tanren activations
        tanren activations hSwish 'hSwish(n: 3)' swish --overlay --from -4 --to 4
        tanren activations mish tanhExp --output mish-and-tanhexp.svg
      """)

  @Argument(help: ArgumentHelp("Activations, with settings if need be: 'hSwish(n: 3)'.", valueName: "name"))
  var names: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("The left end of the horizontal axis.", valueName: "x"))
  var from: Double = -6

  @Option(parsing: .unconditional, help: ArgumentHelp("The right end of the horizontal axis.", valueName: "x"))
  var to: Double = 6

  @Flag(help: "Draw all functions into one panel, and all derivatives into another.")
  var overlay = false

  @Option(help: ArgumentHelp("The SVG file.", valueName: "file"))
  var output = "out/activations.svg"

  @OptionGroup(title: "Where") var device: DeviceOptions

  func run() throws {
    guard from < to, from.magnitude <= 1e6, to.magnitude <= 1e6 else {
      throw UsageError("--from \(from) and --to \(to) make no axis: they must rise, and stay within a million of 0")
    }
    let choices =
      try names.isEmpty
      ? Catalog<any Activation>.all.names.map { Choice($0) } : names.map { try Choice(parsing: $0) }
    let activations = try choices.map { ($0, try Catalog<any Activation>.all.make($0)) }
    try device.start()
    var curves: [ActivationCurve] = []
    for (choice, activation) in activations {
      if let curve = try ActivationCurve(activation, name: choice.description, in: from...to) {
        curves.append(curve)
      } else if !names.isEmpty {
        throw UsageError("'\(choice)' works along an axis: it's no function of one number, and can't be drawn")
      }
    }
    let sheet = ActivationSheet(curves, isOverlaid: overlay)
    try OutputFolder.write(sheet.grid().svg(), to: output)
    let terminal = Terminal.current()
    terminal.write(sheet.table().text(colors: terminal.colors))
    terminal.write("Written: \(output)\n")
  }
}
