import ArgumentParser
import Tanren

/// A run's settings as flags: each stands for a key of the configuration.
struct RunChoices: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The data set: digits, mnist, fashionMNIST, 'npz(path: data.npz)', … (default: digits)", valueName: "source"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The model. (default: mlp, which is 'mlp(hidden: [100, 50], activation: relu)')", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The optimizer. (default: sgd)", valueName: "optimizer"))
  var optimizer: String?

  @Option(help: ArgumentHelp("The loss. (default: softmaxCrossEntropy)", valueName: "loss"))
  var loss: String?

  @Option(help: ArgumentHelp("The gradient rule: plain, sam, … (default: plain)", valueName: "rule"))
  var rule: String?

  @Option(help: ArgumentHelp("The averaging of parameters: none, ema, … (default: none)", valueName: "averaging"))
  var averaging: String?

  @Option(
    help: ArgumentHelp(
      "Random changes of training images: basic, '[basic, cutout(size: 16)]', … (default: none)",
      valueName: "augmentation"))
  var augmentation: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How often the data is gone through. (default: 10)", valueName: "n"))
  var epochs: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Examples in a mini-batch. (default: 100)", valueName: "n"))
  var batch: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Decides all random numbers. (default: 0)", valueName: "n"))
  var seed: String?

  @Option(help: ArgumentHelp("float32, float64, bfloat16 or float16. (default: float32)", valueName: "type"))
  var dtype: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Train with the first n examples only. (default: all)", valueName: "n"))
  var examples: String?

  /// All settings, later ones over earlier ones: the file, the flags, then `key=value` in their order.
  /// - Parameter settings: the words that aren't flags: at most one file among them.
  func options(_ settings: [String]) throws -> Options {
    let files = settings.filter { !Self.isAssignment($0) }
    guard files.count <= 1 else {
      throw UsageError("one configuration file at most can be read, but there are \(files.joined(separator: ", "))")
    }
    var options = try files.first.map { try YAMLReader.options(file: $0) } ?? Options()
    let flags = [
      ("data", data), ("model", model), ("optimizer", optimizer), ("loss", loss), ("rule", rule),
      ("averaging", averaging), ("augmentation", augmentation), ("epochs", epochs), ("batch", batch), ("seed", seed),
      ("dtype", dtype),
      ("examples", examples),
    ]
    for (key, value) in flags {
      if let value { try options.override(key, value, origin: "--\(key)") }
    }
    for assignment in settings where Self.isAssignment(assignment) { try options.override(assignment: assignment) }
    return options
  }

  /// `key=value`, and not a file whose name has an equals sign further on.
  static func isAssignment(_ word: String) -> Bool {
    guard let equals = word.firstIndex(of: "=") else { return false }
    return !word[..<equals].contains("/")
  }
}
