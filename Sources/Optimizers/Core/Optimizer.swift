import Configuration

/// A named recipe for a chain of transforms.
public protocol Optimizer: Catalogued {
  /// The whole way from gradients to what is added to the parameters.
  var transform: any Transform { get }
}
