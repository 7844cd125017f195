import Configuration

/// In training, sets random elements to 0 and scales the others by `1/(1 - rate)`, which preserves the mean (Srivastava
/// et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html). Otherwise it changes nothing.
public struct Dropout: ComposableLayer {
  public static let declaration = Declaration(
    "dropout", "sets random elements to 0 in training", standard: Dropout(0.5),
    reference: Reference(
      "Srivastava et al.", 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
      "https://jmlr.org/papers/v15/srivastava14a.html"),
    settings: [Setting("rate", \.rate, .decayRate, "probability of dropping an element")])

  /// The probability of dropping an element, 0 or more and below 1.
  public var rate: Double

  public init(_ rate: Double) { self.rate = rate }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard rate >= 0, rate < 1 else {
      let message = "the rate is \(rate), but must be at least 0 and below 1"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    guard scope.isTraining, rate > 0 else { return x }
    let isKept = scope.draw("mask", x.shape) { $0.bernoulli($1, probability: 1 - rate) }
    return (x / (1 - rate)).replaced(where: .!isKept, by: 0)
  }
}

/// In training, sets whole examples to 0 and scales the others by `1/(1 - rate)`: at the end of a residual block's
/// layers it drops the block for some examples (Huang et al. 2016, https://arxiv.org/abs/1603.09382). Otherwise it
/// changes nothing.
public struct StochasticDepth: ComposableLayer {
  public static let declaration = Declaration(
    "stochasticDepth", "sets random examples to 0 in training, at the end of a residual block",
    standard: StochasticDepth(0.1),
    reference: Reference(
      "Huang et al.", 2016, "Deep Networks with Stochastic Depth", "https://arxiv.org/abs/1603.09382"),
    settings: [Setting("rate", \.rate, .decayRate, "probability of dropping an example")])

  /// The probability of dropping an example, 0 or more and below 1.
  public var rate: Double

  public init(_ rate: Double) { self.rate = rate }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard rate >= 0, rate < 1, x.rank >= 1 else {
      let message = "the rate is \(rate), but must be at least 0 and below 1"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    guard scope.isTraining, rate > 0 else { return x }
    let shape = Shape([x.shape[0]] + x.shape.dropFirst().map { _ in 1 })
    let isKept = scope.draw("mask", shape) { $0.bernoulli($1, probability: 1 - rate) }
    return (x / (1 - rate)).replaced(where: .!isKept, by: 0)
  }
}

/// In training, sets random squares of images to 0, in each channel others, and scales the rest to keep the mean
/// (Ghiasi et al. 2018, https://arxiv.org/abs/1810.12890). Otherwise it changes nothing.
public struct DropBlock: ComposableLayer {
  public var takesImages: Bool { true }

  public static let declaration = Declaration(
    "dropBlock", "sets random squares of images to 0 in training", standard: DropBlock(0.1),
    reference: Reference(
      "Ghiasi et al.", 2018, "DropBlock: A Regularization Method for Convolutional Networks",
      "https://arxiv.org/abs/1810.12890"),
    settings: [
      Setting("rate", \.rate, .decayRate, "the share of elements that are dropped, about"),
      Setting("size", \.size, .integer(in: 1...1000), "rows and columns of a square, at most those of the image"),
    ])

  /// The share of elements that are dropped, 0 or more and below 1; less where squares overlap.
  public var rate: Double
  /// Rows and columns of a square.
  public var size: Int

  public init(_ rate: Double, size: Int = 7) { (self.rate, self.size) = (rate, size) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 4, x.dtype.isFloatingPoint, rate >= 0, rate < 1, size >= 1 else {
      let message =
        "takes images [batch, height, width, channels], a size of 1 or more and a rate of 0 or more and below 1, not "
        + "\(size) and \(rate)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    guard scope.isTraining, rate > 0, x.shape.elementCount > 0 else { return x }
    let (rows, columns) = (x.shape[1], x.shape[2])
    let side = min(size, rows, columns)
    let centers: Shape = [x.shape[0], rows - side + 1, columns - side + 1, x.shape[3]]
    // Each center drops side² elements.
    let probability = rate * Double(rows * columns) / Double(side * side * centers[1] * centers[2])
    let isCenter = scope.draw("centers", centers) { $0.bernoulli($1, probability: min(1, probability)) }
      .cast(to: x.upcast.dtype)
    let edges = (side - 1, side - 1)
    let isDropped = isCenter.pad([(0, 0), edges, edges, (0, 0)]).maxPool2D((side, side), strides: (1, 1))
    let kept = 1 - isDropped
    let count = Double(x.shape.elementCount * (scope.devices?.count ?? 1))
    let scale = count / ((scope.devices?.sum(kept.sum()) ?? kept.sum()) + 1e-6)
    return (x.upcast * kept * scale).cast(to: x.dtype)
  }
}
