import Configuration

/// Layers whose result is added to their input, or to what a shortcut makes of it (He et al. 2015,
/// https://arxiv.org/abs/1512.03385).
///
/// ```swift
/// Sequential {
///   Residual([Conv2D(16, size: 3, padding: .same), ReLU()], shortcut: [Conv2D(16, size: 1)], activation: ReLU())
/// }
/// ```
/// The paths of the layers are those of a ``Sequential``, `conv2D1`, and the shortcut's `shortcut/conv2D1`.
public struct Residual: ComposableLayer, Block {
  public static let declaration = Declaration(
    "residual", "layers whose result is added to their input", standard: Residual([]),
    reference: Reference(
      "He et al.", 2015, "Deep Residual Learning for Image Recognition", "https://arxiv.org/abs/1512.03385"),
    settings: [
      .required("layers", \.layers, .layers, "the layers", example: "residual([conv2D(16, padding: same), relu])"),
      Setting(
        "shortcut", \.shortcut, .optional(.layers, standing: []),
        "layers that give the input the shape of the result; none if it has it already"),
      Setting("activation", \.activation, .optional(.method, standing: ReLU()), "activation of the sum"),
    ])

  public var layers: [any Layer]
  /// Nil for the input as it is.
  public var shortcut: [any Layer]?
  public var activation: (any Activation)?

  public init(_ layers: [any Layer], shortcut: [any Layer]? = nil, activation: (any Activation)? = nil) {
    self.layers = layers
    self.shortcut = shortcut
    self.activation = activation
  }

  public var takesImages: Bool { layers.takeImages }
  public func fitted(outputs: Int) -> any Layer {
    Residual(
      layers.fitted(outputs: outputs), shortcut: shortcut?.fitted(outputs: outputs), activation: activation)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let y = Sequential(layers).forward(x, in: scope)
    let way = shortcut.map { Sequential($0)(x, in: scope["shortcut"]) } ?? x
    if let failed = [y, way].first(where: { $0.diagnostic != nil }) { return failed }
    guard y.shape == way.shape else {
      let message =
        shortcut == nil
        ? "its layers give \(y.shape), but its input is \(x.shape): add a shortcut, such as conv2D(\(y.shape.last), size: 1)"
        : "its layers give \(y.shape), but its shortcut gives \(way.shape)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let sum = y + way
    return activation?(sum) ?? sum
  }
}

/// The same layers several times, one after the other, each time with parameters of its own.
public struct Repeated: ComposableLayer {
  public static let declaration = Declaration(
    "repeated", "layers several times, each time with parameters of their own", standard: Repeated(2, []),
    settings: [
      Setting("times", \.times, .integer(in: 1...10_000), "how many times"),
      .required("layers", \.layers, .layers, "the layers", example: "repeated(3, [dense(64), relu])"),
    ], unnamed: 2)

  public var times: Int
  public var layers: [any Layer]

  public init(_ times: Int, _ layers: [any Layer]) { (self.times, self.layers) = (times, layers) }

  public var takesImages: Bool { layers.takeImages }
  public func fitted(outputs: Int) -> any Layer { Repeated(times, layers.fitted(outputs: outputs)) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard (1...10_000).contains(times) else {
      let message = "repeats its layers 1 to 10000 times, not \(times)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    return Sequential((0..<times).flatMap { _ in layers }).forward(x, in: scope)
  }
}

/// Layers side by side, whose results are joined along the last axis (Szegedy et al. 2014,
/// https://arxiv.org/abs/1409.4842).
///
/// The paths are those of a ``Sequential`` of the branches.
public struct Branches: ComposableLayer {
  public static let declaration = Declaration(
    "branches", "layers side by side, joined along the last axis", standard: Branches([]),
    reference: Reference("Szegedy et al.", 2014, "Going Deeper with Convolutions", "https://arxiv.org/abs/1409.4842"),
    settings: [
      .required(
        "layers", \.layers, .layers, "the branches; one of several layers is a 'sequential'",
        example: "branches([conv2D(8, size: 1), conv2D(8, padding: same)])")
    ])

  public var layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }

  public var takesImages: Bool { layers.takeImages }
  public func fitted(outputs: Int) -> any Layer { Branches(layers.fitted(outputs: outputs)) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let results = zip(layers, Sequential(layers).names).map { $0(x, in: scope[$1]) }
    if let failed = results.first(where: { $0.diagnostic != nil }) { return failed }
    guard let first = results.first, first.rank >= 1,
      results.allSatisfy({ $0.shape.dropLast() == first.shape.dropLast() })
    else {
      let shapes = results.map { "\($0.shape)" }.joined(separator: ", ")
      let message = "its layers give \(shapes), which can't be joined: they may differ in their last axis only"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    return .concatenate(results, axis: -1)
  }
}

/// Layers applied to each step of a sequence: `[batch, time, …]` to `[batch, time, …]`.
///
/// Steps are like examples: batch normalization takes its statistics over both.
public struct TimeDistributed: ComposableLayer {
  public static let declaration = Declaration(
    "timeDistributed", "layers applied to each step of a sequence", standard: TimeDistributed([]),
    settings: [
      .required("layers", \.layers, .layers, "the layers", example: "timeDistributed([conv2D(8), flatten])")
    ])

  public var layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }

  public func fitted(outputs: Int) -> any Layer { TimeDistributed(layers.fitted(outputs: outputs)) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2 else {
      let message = "takes sequences [batch, time, …]"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let steps = x.reshape(to: Shape([x.shape[0] * x.shape[1]] + x.shape.dropFirst(2)))
    let y = Sequential(layers).forward(steps, in: scope)
    return y.diagnostic == nil ? y.reshape(to: Shape(Array(x.shape.prefix(2)) + y.shape.dropFirst())) : y
  }
}
