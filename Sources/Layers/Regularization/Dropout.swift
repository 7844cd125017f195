/// Sets a random part of the elements to 0 in training and scales the others by `1/(1 - rate)`, so that the mean
/// stays (Srivastava et al. 2014). Outside of training it changes nothing.
public struct Dropout: Layer {
  /// The probability that an element is dropped, at least 0 and below 1.
  public var rate: Double

  public init(_ rate: Double) { self.rate = rate }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard rate >= 0, rate < 1 else {
      let message = "the rate is \(rate), but must be at least 0 and below 1"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    guard scope.isTraining, rate > 0 else { return x }
    let isKept = scope.key("mask").bernoulli(x.shape, probability: 1 - rate)
    return (x / (1 - rate)).replaced(where: .!isKept, by: 0)
  }
}
