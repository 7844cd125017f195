import Foundation

#if os(Linux) && canImport(Runtime)
  import Runtime
#endif

extension TraceContext {
  /// Whether nodes remember the line that created them.
  ///
  /// ``Tensor/graph`` then shows the lines, and a ``Diagnostic`` names one for operators too. Each node costs a stack
  /// trace, so this is for debugging. By default it is on if the environment variable `TANREN_TRACE_NODES` is `1`.
  @TaskLocal public static var recordsLines = ProcessInfo.processInfo.environment["TANREN_TRACE_NODES"] == "1"

  /// Whether nodes remember the layer that created them, which costs little.
  @TaskLocal package static var recordsPaths = false
}

/// Where a node was created: in which layer, and by which line of the program's own.
final class Origin: Sendable {
  /// The layer's path, empty outside of layers.
  let path: String
  private let site: String?
  #if os(Linux) && canImport(Runtime)
    private let backtrace: Backtrace?
  #endif

  /// - Parameter file: the caller's `#fileID`, nil for an operator's.
  init(file: String?, line: Int) {
    path = TraceContext.path
    let site = Self.isOwn(file: file) ? nil : file.map { "\($0):\(line)" }
    self.site = site
    #if os(Linux) && canImport(Runtime)
      // Looking up lines takes much longer than noting the stack: that is left to whoever asks.
      backtrace = site == nil && TraceContext.recordsLines ? try? Backtrace.capture() : nil
    #endif
  }

  /// `Model/Block.swift:12`, or the function where the program has no debug information; nil if neither is known.
  var location: String? {
    if let site { return site }
    #if os(Linux) && canImport(Runtime)
      for frame in backtrace?.symbolicated()?.frames ?? [] {
        guard let symbol = frame.symbol else { continue }
        if let source = symbol.sourceLocation, source.line > 0 {
          if !source.path.hasPrefix(Self.sources) { return "\(source.path):\(source.line)" }
        } else if let module = Self.module(ofMangled: symbol.rawName), !Diagnostic.rooms.contains(module) {
          return symbol.name
        }
      }
    #endif
    return nil
  }

  /// Whether a line is Tanren's own, which says less than operation and layer do.
  static func isOwn(file: String?) -> Bool {
    guard let file else { return true }
    return Diagnostic.rooms.contains { file.hasPrefix($0 + "/") }
  }

  /// The module of a function, from its mangled name: `$s`, the length of the module's name, the name.
  private static func module(ofMangled name: String) -> String? {
    guard name.hasPrefix("$s"), let length = Int(name.dropFirst(2).prefix(while: \.isNumber)) else { return nil }
    return String(name.dropFirst(2).drop(while: \.isNumber).prefix(length))
  }

  /// Where Tanren's sources were when this was compiled.
  private static let sources: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/"
  }()
}
