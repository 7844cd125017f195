/// What operations know of where they are being traced.
public enum TraceContext {
  /// The path of the layer being traced, so that a failed operation can name it.
  @TaskLocal public static var path = ""
}
