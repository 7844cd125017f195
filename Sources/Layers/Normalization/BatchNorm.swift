/// Normalizes each channel, the last axis of `[batch, …, channels]`, by its mean and variance: the batch's in
/// training, running ones else (Ioffe and Szegedy 2015).
///
/// Parameters `scale` and `offset`, state `mean` and `variance`, all `[channels]`. They and the batch's statistics
/// are `float32` where the input is of half precision.
public struct BatchNorm: Layer {
  public var convention: BatchNormConvention
  public var hasScale: Bool
  public var hasOffset: Bool
  /// Applied to the result; ReLU in the same pass over memory.
  public var activation: (any Activation)?

  public init(
    _ convention: BatchNormConvention = .keras, hasScale: Bool = true, hasOffset: Bool = true,
    activation: (any Activation)? = nil
  ) {
    self.convention = convention
    self.hasScale = hasScale
    self.hasOffset = hasOffset
    self.activation = activation
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let problem = problem(with: x, isTraining: scope.isTraining) {
      return .failed(Diagnostic(operation: label, message: problem, inputs: [x.type]))
    }
    let (channels, type): (Shape, DType) = ([x.shape.last], x.dtype.accumulation)
    let scale = hasScale ? scope.parameter("scale", channels, .ones, dtype: type) : nil
    let offset = hasOffset ? scope.parameter("offset", channels, .zeros, dtype: type) : nil
    let mean = scope.state("mean", channels, .zeros, dtype: type)
    let variance = scope.state("variance", channels, .ones, dtype: type)
    guard scope.isTraining else {
      let factor = (variance + convention.epsilon).rsqrt()
      let y = (x.cast(to: type) - mean) * (scale.map { factor * $0 } ?? factor)
      let result = (offset.map { y + $0 } ?? y).cast(to: x.dtype)
      return activation?(result) ?? result
    }
    let isFused = activation is ReLU
    let batch = Tensor.batchNormalization(
      x, scale: scale, offset: offset, epsilon: convention.epsilon, activation: isFused ? .relu : .none)
    let count = Double(x.shape.dropLast().reduce(1, *))
    let estimate = convention.isUnbiased ? batch.variance * (count / (count - 1)) : batch.variance
    scope.update("mean", moved(mean, to: batch.mean, in: scope))
    scope.update("variance", moved(variance, to: estimate, in: scope))
    return isFused ? batch.output : activation?(batch.output) ?? batch.output
  }

  private func moved(_ running: Tensor, to batch: Tensor, in scope: Scope) -> Tensor {
    if let share = scope.statisticsShare?.cast(to: running.dtype) {
      // At the first batch nothing is left of the old statistics, not even a NaN.
      return (running * (1 - share)).replaced(where: share .== 1, by: 0) + batch * share
    }
    return running * convention.kept + batch.stopGradient() * (1 - convention.kept)
  }

  private func problem(with x: Tensor, isTraining: Bool) -> String? {
    guard x.rank >= 2, x.dtype.isFloatingPoint else { return "takes numbers [batch, …, channels]" }
    guard (0...1).contains(convention.kept), convention.epsilon >= 0, convention.epsilon.isFinite else {
      return "keeps a part of its statistics, 0 to 1, not \(convention.kept), and adds an epsilon of 0 or more, not "
        + "\(convention.epsilon)"
    }
    let (count, least) = (x.shape.dropLast().reduce(1, *), convention.isUnbiased ? 2 : 1)
    guard !isTraining || count >= least else {
      return "a batch needs \(least) or more values a channel to have a variance, not \(count)"
    }
    return nil
  }
}
