import Configuration

/// A pooling of windows of images.
private protocol WindowPooling: Sendable {
  var window: Extent2D { get set }
  var strides: Extent2D? { get set }
  var padding: WindowPadding { get set }
}

extension WindowPooling {
  fileprivate static var windowSettings: [Setting<Self>] {
    [
      Setting("window", \.window, .extent(in: 1...10_000), "rows and columns of the window"),
      Setting(
        "strides", \.strides, .optional(.extent(in: 1...10_000), none: "window", standing: 1),
        "distance of neighboring windows"),
      Setting("padding", \.padding, .padding, "what is added around the image"),
    ]
  }
}

/// The greatest element of each window of images `[batch, height, width, channels]`.
///
/// `.valid` and `.same` are Keras' paddings, `.symmetric(p)` is PyTorch's `padding=p`; padding is never the greatest.
public struct MaxPool2D: ComposableLayer, WindowPooling {
  public var takesImages: Bool { true }

  public static let declaration = Declaration(
    "maxPool", "the greatest element of each window of images", standard: MaxPool2D(),
    settings: windowSettings)

  public var window: Extent2D
  /// Nil for the window.
  public var strides: Extent2D?
  public var padding: WindowPadding

  /// - Parameter strides: by default the window.
  public init(_ window: Extent2D = 2, strides: Extent2D? = nil, padding: WindowPadding = .valid) {
    self.window = window
    self.strides = strides
    self.padding = padding
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    x.maxPool2D(window.pair, strides: (strides ?? window).pair, padding: padding)
  }
}

/// The mean of each window of images `[batch, height, width, channels]`.
public struct AveragePool2D: ComposableLayer, WindowPooling {
  public var takesImages: Bool { true }

  public static let declaration = Declaration(
    "averagePool", "the mean of each window of images", standard: AveragePool2D(),
    settings: windowSettings + [
      Setting(
        "countsPadding", \.countsPadding, .flag, "whether padding is averaged as zeros, as PyTorch does by default")
    ])

  public var window: Extent2D
  /// Nil for the window.
  public var strides: Extent2D?
  public var padding: WindowPadding
  /// Whether padding is averaged as zeros: no in Keras; yes by default in PyTorch (`count_include_pad`).
  public var countsPadding: Bool

  /// - Parameter strides: by default the window.
  public init(
    _ window: Extent2D = 2, strides: Extent2D? = nil, padding: WindowPadding = .valid, countsPadding: Bool = false
  ) {
    self.window = window
    self.strides = strides
    self.padding = padding
    self.countsPadding = countsPadding
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    x.averagePool2D(window.pair, strides: (strides ?? window).pair, padding: padding, countsPadding: countsPadding)
  }
}

/// The mean of each channel: images or sequences, `[batch, space…, channels]`, to `[batch, channels]`.
public struct GlobalAveragePool2D: ComposableLayer {
  public static let declaration = Declaration(
    "globalAveragePool", "the mean of each channel of images or sequences", standard: GlobalAveragePool2D())

  public init() {}

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = x.notPoolable(by: label) { return failed }
    return x.upcast.mean(Array(1..<x.rank - 1)).cast(to: x.dtype)
  }
}

/// The greatest element of each channel: images or sequences, `[batch, space…, channels]`, to `[batch, channels]`.
public struct GlobalMaxPool2D: ComposableLayer {
  public static let declaration = Declaration(
    "globalMaxPool", "the greatest element of each channel of images or sequences", standard: GlobalMaxPool2D())

  public init() {}

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    x.notPoolable(by: label) ?? x.max(Array(1..<x.rank - 1))
  }
}

extension Tensor {
  /// Why there is nothing to pool; nil if there is.
  fileprivate func notPoolable(by label: String) -> Tensor? {
    guard rank < 3 || shape.dropFirst().dropLast().contains(0) || !dtype.isFloatingPoint else { return nil }
    let message = "takes images [batch, height, width, channels], or sequences [batch, time, channels], of numbers"
    return .failed(Diagnostic(operation: label, message: message, inputs: [type]))
  }
}

/// The greatest element of each window of sequences `[batch, time, channels]`.
public struct MaxPool1D: ComposableLayer {
  public static let declaration = Declaration(
    "maxPool1D", "the greatest element of each window of sequences", standard: MaxPool1D(),
    settings: [
      Setting("window", \.window, .integer(in: 1...10_000), "steps of the window"),
      Setting(
        "strides", \.strides, .optional(.integer(in: 1...10_000), none: "window", standing: 1),
        "distance of neighboring windows"),
    ])

  public var window: Int
  /// Nil for the window.
  public var strides: Int?

  public init(_ window: Int = 2, strides: Int? = nil) { (self.window, self.strides) = (window, strides) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 3 else {
      let message = "takes sequences [batch, time, channels]"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let rows = x.expand(at: 2).maxPool2D((window, 1), strides: (strides ?? window, 1))
    return rows.diagnostic == nil ? rows.squeeze(2) : rows
  }
}
