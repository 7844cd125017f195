/// A method's name and options as a person writes them: `hSwish(n: 3)`, `sgd(learningRate: 0.1, momentum: 0.9)`.
public struct MethodSpec: Sendable, Hashable, CustomStringConvertible {
  public let name: String
  public let options: Options

  public init(_ name: String, _ options: Options = Options()) {
    self.name = name
    self.options = options
  }

  /// Reads `name`, `name(key: value, …)`; `=` does for `:`, and values may nest. Values without a name come first and
  /// are those of the method's first settings: `conv2D(32, size: 3)`.
  /// - Throws: ``ConfigurationError`` with the place where reading stopped.
  public init(parsing text: String, origin: String = "") throws(ConfigurationError) {
    var reader = MethodSpecReader(text, origin: origin)
    self = try reader.whole()
  }

  public var description: String { options.isEmpty ? name : "\(name)(\(options))" }
}

extension Options {
  /// The key of a value that is written without one; `index` counts from 0.
  package static func key(ofUnnamed index: Int) -> String { "\(index)" }

  static func isUnnamed(_ key: String) -> Bool { key.count == 1 && key.first?.isWholeNumber == true }

  /// How many values of a method may go without a name.
  static let unnamedLimit = 10
}
