import Configuration

/// A model that can be chosen by name; the data decide its inputs and outputs.
public protocol Architecture: Catalogued {
  /// - Parameter outputs: classes, or values to predict.
  func model(outputs: Int) -> any Layer
}
