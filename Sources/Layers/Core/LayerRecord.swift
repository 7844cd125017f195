/// One call of a layer, for summaries. Inner layers come before the layer they belong to.
public struct LayerRecord: Sendable {
  public let path: String
  public let label: String
  public let input: TensorType
  public let output: TensorType
}
