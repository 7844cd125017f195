/// A model's layers with their shapes and parameter counts, and the texts people know them by.
public struct LayerSummary: Sendable {
  /// A layer as the model calls it.
  public struct Row: Sendable, Hashable {
    public let path: String
    public let label: String
    public let typeName: String
    public let input: Shape
    public let output: Shape
    /// Numbers that training changes.
    public let trainableCount: Int
    /// Numbers that only steps update: running statistics.
    public let stateCount: Int
  }

  /// The model's own layers, not what those are made of, in the order of their first call.
  public let rows: [Row]
  public let trainableCount: Int
  public let stateCount: Int

  /// - Parameters:
  ///   - records: of one trace, see `Layer.trace(_:key:precision:)`.
  ///   - variables: of the same trace.
  public init(_ records: [LayerRecord], _ variables: ModelVariables) {
    let outer = records.filter { !$0.path.isEmpty && !$0.path.contains("/") }
    var seen: Set<String> = []
    // A model that is one layer has no layers of its own.
    rows = (outer.isEmpty ? records.suffix(1) : outer[...]).filter { seen.insert($0.path).inserted }.map { record in
      func count(_ tree: TensorTree) -> Int {
        tree.pairs.filter { record.path.isEmpty || $0.path.hasPrefix(record.path + "/") }
          .reduce(0) { $0 + $1.tensor.shape.elementCount }
      }
      return Row(
        path: record.path, label: record.label, typeName: record.typeName, input: record.input.shape,
        output: record.output.shape, trainableCount: count(variables.parameters), stateCount: count(variables.state))
    }
    trainableCount = variables.parameters.elementCount
    stateCount = variables.state.elementCount
  }
}

extension Layer {
  /// The model's layers for batches of the given type.
  /// - Throws: `Diagnostic` with the layer's path if the layers don't fit together or the input.
  public func layerSummary(for input: TensorType) throws -> LayerSummary {
    let precision = input.dtype.isFloatingPoint ? Precision(input.dtype) : .float32
    let (records, variables) = try trace(input, precision: precision)
    return LayerSummary(records, variables)
  }

  /// The model's layers as Keras 2 prints them; see ``LayerSummary/kerasText(name:)``.
  /// - Throws: as ``layerSummary(for:)`` does.
  public func summary(for input: TensorType) throws -> String {
    try layerSummary(for: input).kerasText(name: label)
  }
}
