import Configuration

/// A layer that can be chosen by name, in models that are composed of layers: `conv2D(32, size: 3)`.
///
/// ```swift
/// let layers = try SequentialArchitecture(parsing: "[conv2D(32, size: 3), relu, maxPool(2), flatten, dense(10)]")
/// print(try layers.model(outputs: 10).summary(for: TensorType(.float32, [1, 28, 28, 1])))
/// ```
/// Activations are layers too, without conforming to this protocol.
public protocol ComposableLayer: Layer, Configurable {
  /// The layer for data with a number of outputs: classes, or values to predict.
  func fitted(outputs: Int) -> any Layer

  /// Whether it takes images only, `[batch, height, width, channels]`. As the first of a composed model it then gets
  /// images without channels as images with one.
  var takesImages: Bool { get }
}

extension ComposableLayer {
  public func fitted(outputs: Int) -> any Layer { self }
  public var takesImages: Bool { false }
}

extension [any Layer] {
  /// The layers for data with a number of outputs.
  func fitted(outputs: Int) -> [any Layer] { map { ($0 as? any ComposableLayer)?.fitted(outputs: outputs) ?? $0 } }

  /// How many integers the first layer takes that stand for vectors; nil if it takes other inputs.
  var vocabulary: Int? {
    switch first {
    case let embedding as Embedding: embedding.count
    case let named as NamedLayer: [named.layer].vocabulary
    case let checkpointed as Checkpointed: [checkpointed.layer].vocabulary
    case let sequential as Sequential: sequential.layers.vocabulary
    default: nil
    }
  }

  /// Whether the first layer takes images only.
  var takeImages: Bool { (first as? any ComposableLayer)?.takesImages ?? false }
}

extension Registry where Entry == any Layer {
  /// Every layer there is, by name: `ComposableLayer`s and activations.
  public static var all: Registry {
    Registry(kind: "Layer", Registry<any ComposableLayer>.all.types + Registry<any Activation>.all.types)
  }
}

extension SettingFormat where Value == [any Layer] {
  /// One layer or more, by name, with their settings.
  static var layers: SettingFormat {
    let list = SettingFormat<[any Layer]>.methods(in: { Registry<any Layer>.all })
    return SettingFormat(
      "layers",
      read: { (options, key, fallback) throws(ConfigurationError) in
        let origin = options.origin(of: key)
        let layers = try options.value(key, list, default: fallback)
        guard !layers.isEmpty else {
          throw .invalid(
            message: "'\(key)' is empty: name one layer or more, \(key): [flatten, dense(10)]", origin: origin)
        }
        return layers
      },
      write: { (layers) throws(ConfigurationError) in
        var values: [OptionValue] = []
        for layer in layers { values.append(try OptionValue(method: layer)) }
        return .list(values)
      })
  }
}

extension SettingFormat where Value == any Layer {
  /// A layer by name, with its settings.
  static var layer: SettingFormat { .method(in: { .all }) }
}

extension SettingFormat where Value == Extent2D {
  /// A number, or rows and columns.
  static func extent(in range: ClosedRange<Int>) -> SettingFormat {
    let numbers = SettingFormat<[Int]>.integers(in: range)
      .checked("a whole number, or [rows, columns]") { (1...2).contains($0.count) }
    return SettingFormat(
      "a whole number, \(range.lowerBound) or more, or [rows, columns]",
      read: { (options, key, fallback) throws(ConfigurationError) in
        let read = try options.value(key, numbers, default: [fallback.rows, fallback.columns])
        return Extent2D(read.first ?? fallback.rows, read.last)
      },
      write: { (extent) throws(ConfigurationError) in
        extent.rows == extent.columns
          ? .number(Double(extent.rows)) : .list([extent.rows, extent.columns].map { .number(Double($0)) })
      })
  }
}

extension SettingFormat where Value == WindowPadding {
  /// What is added around images, as every framework writes it.
  static var padding: SettingFormat {
    let numbers = SettingFormat<[Int]>.integers(in: 0...100_000)
      .checked("one number, [rows, columns], or [top, bottom, left, right]") { [1, 2, 4].contains($0.count) }
    return SettingFormat(
      "valid, same, a whole number, [rows, columns], or [top, bottom, left, right]",
      read: { (options, key, fallback) throws(ConfigurationError) in
        switch try options.peek(key) {
        case nil, .text("valid"), .text("same"):
          let word = options.take(key)
          return word == nil ? fallback : word == .text("same") ? .same : .valid
        default:
          let read = try options.value(key, numbers, default: [])
          return read.count == 4
            ? .edges([(read[0], read[1]), (read[2], read[3])]) : .symmetric(read.first ?? 0, read.last)
        }
      },
      write: { (padding) throws(ConfigurationError) in
        switch padding {
        case .valid: return .text("valid")
        case .same: return .text("same")
        case .edges(let edges):
          let flat = edges.flatMap { [$0.low, $0.high] }
          if Set(flat).count == 1, let first = flat.first { return .number(Double(first)) }
          let isSymmetric = edges.allSatisfy { $0.low == $0.high }
          return .list((isSymmetric ? edges.map(\.low) : flat).map { .number(Double($0)) })
        }
      })
  }
}

extension SettingFormat where Value == (any Initializer)? {
  /// Whether there is a bias, or how its first values are drawn.
  static var bias: SettingFormat {
    let initializer = SettingFormat<any Initializer>.method
    return SettingFormat(
      "true, false, or an initializer",
      read: { (options, key, fallback) throws(ConfigurationError) in
        guard case .flag(let isThere)? = try options.peek(key) else {
          guard options.has(key) else {
            _ = options.take(key)
            return fallback
          }
          return try options.value(key, initializer, default: .zeros)
        }
        _ = options.take(key)
        return isThere ? fallback ?? .zeros : nil
      },
      write: { (bias) throws(ConfigurationError) in
        guard let bias else { return .flag(false) }
        return try OptionValue(method: bias)
      })
  }
}
