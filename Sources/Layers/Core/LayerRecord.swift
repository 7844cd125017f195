/// One call of a layer, for summaries. Inner layers come before the layer they belong to.
public struct LayerRecord: Sendable {
  public let path: String
  /// ``Layer/label``: `dense`.
  public let label: String
  /// The name of the layer's Swift type: `Dense`.
  public let typeName: String
  public let input: TensorType
  public let output: TensorType
  /// The layer itself, where a trace made the record.
  public var layer: (any Layer)?
  /// What the input's examples were before they became one axis: `[height, width, channels]` after a ``Flatten`` of
  /// images. Nil if they haven't been anything else.
  public var flattenedExample: Shape?
}
