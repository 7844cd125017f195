import ArgumentParser
import Tanren

/// `tanren methods`: every method that can be chosen by name.
struct MethodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods",
    abstract: "List the methods you can name, with their settings, defaults and references.",
    discussion: """
      Examples:
        tanren methods               all kinds
        tanren methods optimizers    one kind
        tanren methods lamb          one method, with its settings explained
      """)

  @Argument(
    help: ArgumentHelp(
      "Kind (\(MethodKind.all.map(\.name).joined(separator: ", "))) or name of a method.", valueName: "kind | method"))
  var name: String?

  func run() throws {
    let terminal = Terminal.current()
    guard let name else {
      terminal.write(MethodKind.all.map { $0.text(width: terminal.width) }.joined(separator: "\n"))
      return
    }
    if let kind = MethodKind.all.first(where: { $0.name == name || $0.key == name }) {
      terminal.write(kind.text(width: terminal.width))
      return
    }
    let found = MethodKind.all.flatMap { kind in kind.methods.filter { Self.isSame($0.name, name) }.map { (kind, $0) } }
    guard !found.isEmpty else {
      let known = MethodKind.all.map(\.name) + MethodKind.all.flatMap { $0.methods.map(\.name) }
      let hint = name.nearest(in: known).map { ": did you mean '\($0)'?" } ?? "; `tanren methods` lists them all"
      throw UsageError("there is no method or kind of methods '\(name)'\(hint)")
    }
    for (kind, method) in found {
      let place = kind.key.map { ", set with '\($0)'" } ?? ""
      terminal.write("\(method.name), \(kind.title)\(place)\n")
      terminal.write(Paragraph.text(method.summary, indent: 2, width: terminal.width))
      if let formula = method.formula { terminal.write(Paragraph.text(formula, indent: 2, width: terminal.width)) }
      for parameter in method.parameters {
        let allowed = parameter.allowed.isEmpty ? "" : " (\(parameter.allowed))"
        terminal.write(
          Paragraph.text(
            parameter.meaning + allowed, label: "  \(parameter.name): \(parameter.defaultValue)", indent: 28,
            width: terminal.width))
      }
      if let reference = method.reference {
        terminal.write(Paragraph.text(reference.description, indent: 2, width: terminal.width))
      }
    }
  }

  private static func isSame(_ one: String, _ other: String) -> Bool {
    func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
    return plain(one) == plain(other)
  }
}

/// A method, for help texts.
struct MethodEntry {
  let name: String
  let summary: String
  var formula: String?
  let parameters: [Parameter]
  let reference: Reference?
}

/// A kind of methods: a registry, and the configuration key that takes its names.
struct MethodKind {
  /// The plural, as the command line takes it: `optimizers`.
  let name: String
  /// The singular: `optimizer`.
  let title: String
  /// The configuration key, if there is one.
  let key: String?
  let methods: [MethodEntry]

  init(_ name: String, _ title: String, key: String? = nil, _ types: [any Configurable.Type]) {
    (self.name, self.title, self.key) = (name, title, key)
    methods = types.map { type in
      MethodEntry(
        name: type.name, summary: type.summary, formula: type.formula, parameters: type.parameters,
        reference: type.reference)
    }
  }

  private init(recipes: [Recipe]) {
    (name, title, key) = ("recipes", "recipe", nil)
    methods = recipes.map { MethodEntry(name: $0.name, summary: $0.summary, parameters: [], reference: nil) }
  }

  static var all: [MethodKind] {
    [
      MethodKind(recipes: (try? Recipe.all) ?? []),
      MethodKind("data", "data set", key: "data", Registry<any DataSource>.all.types),
      MethodKind("models", "model", key: "model", Registry<any Architecture>.models.types),
      MethodKind("layers", "layer", Registry<any ComposableLayer>.all.types),
      MethodKind("activations", "activation", Registry<any Activation>.all.types),
      MethodKind("initializers", "initializer", Registry<any Initializer>.all.types),
      MethodKind("losses", "loss", key: "loss", Registry<any Loss>.all.types),
      MethodKind("penalties", "penalty", key: "penalties", Registry<any Penalty>.all.types),
      MethodKind("preprocessings", "preprocessing", key: "preprocessing", Registry<any NamedPreprocessing>.all.types),
      MethodKind("augmentations", "augmentation", key: "augmentation", Registry<any Augmentation>.all.types),
      MethodKind("metrics", "metric", key: "metrics", Registry<any Metric>.all.types),
      MethodKind("rules", "gradient rule", key: "gradientRule", Registry<any GradientRule>.all.types),
      MethodKind("optimizers", "optimizer", key: "optimizer", Registry<any Optimizer>.all.types),
      MethodKind("transforms", "transform", Registry<any NamedTransform>.all.types),
      MethodKind("schedules", "schedule", Registry<any NamedSchedule>.all.types),
      MethodKind("averaging", "averaging", key: "averaging", Registry<any Averaging>.all.types),
      MethodKind("callbacks", "callback", key: "callbacks", Registry<any NamedCallback>.all.types),
      MethodKind("experiments", "experiment", key: "experiment", Registry<any Experiment>.all.types),
      MethodKind("nodes", "node", Registry<any GraphNode>.all.types),
      MethodKind("readouts", "readout", Registry<any ReadoutRule>.all.types),
      MethodKind("samplers", "sampler", Registry<any Sampler>.all.types),
      MethodKind("scales", "search scale", Registry<any SearchScale>.all.types),
      MethodKind("pruners", "pruner", Registry<any Pruner>.all.types),
    ]
  }

  /// The methods, each with its settings and their defaults.
  func text(width: Int) -> String {
    let indent = min(26, (methods.map { $0.name.count }.max() ?? 0) + 2)
    var text = name.uppercased() + (key.map { ", set with '\($0)'" } ?? "") + "\n"
    for method in methods {
      text += Paragraph.text(method.summary, label: method.name, indent: indent, width: width)
      let settings = method.parameters.map { "\($0.name): \($0.defaultValue)" }.joined(separator: ", ")
      if !settings.isEmpty { text += Paragraph.text("(\(settings))", indent: indent, width: width) }
    }
    return text
  }
}
