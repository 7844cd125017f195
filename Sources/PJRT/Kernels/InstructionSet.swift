import CProcessor
import Foundation

/// A set of vector instructions that kernels, oneDNN, OpenBLAS and XLA's programs are limited to.
///
/// A process uses the best one that its processor has, or a lesser one that the environment variable `TANREN_ISA` names when it
/// starts: `avx512` (x86-64-v4), `avx2` (x86-64-v3) or `baseline`; on Arm `neon` or `baseline`, which are the same there.
public struct InstructionSet: Sendable, Hashable {
  private let value: TanrenInstructionSet

  /// What `TANREN_ISA` calls it.
  public var name: String { String(cString: tanren_instruction_set_name(value)) }

  /// The best one that this processor has.
  public static let processor = InstructionSet(value: tanren_processor_instruction_set())
  /// The one in use.
  public static var current: InstructionSet { InstructionSet(value: tanren_instruction_set()) }
  /// Those of this architecture, in ascending order.
  static let all: [InstructionSet] = (1...).lazy.map { TanrenInstructionSet(rawValue: $0) }
    .prefix { tanren_instruction_set_name($0) != nil }.map(InstructionSet.init)

  static let environmentVariable = "TANREN_ISA"

  /// - Throws: ``EngineError/invalidOptions(_:)`` if `TANREN_ISA` names no set that this processor has, or was changed after a set
  ///   was in use.
  static func check(_ wish: String? = ProcessInfo.processInfo.environment[environmentVariable]) throws(EngineError) {
    guard let wish, !wish.isEmpty else { return }
    let available = all.filter { $0 <= processor }.map(\.name)
    guard available.contains(wish) else {
      let isKnown = all.contains { $0.name == wish }
      throw .invalidOptions(
        """
        the environment variable \(environmentVariable) must be \(available.joined(separator: " or ")), not '\(wish)'\
        \(isKnown ? ", which this processor doesn't have" : "")
        """)
    }
    guard current.name == wish else {
      throw .invalidOptions(
        """
        the environment variable \(environmentVariable) is \(wish), but this process uses \(current.name) already: \
        set it before the process starts
        """)
    }
  }
}

extension InstructionSet: Comparable {
  public static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.value.rawValue < b.value.rawValue }
}

extension InstructionSet: CustomStringConvertible {
  public var description: String { name }
}

extension InstructionSet {
  /// What limits XLA's programs to this set; nil where XLA may use all that the processor has.
  var setting: XLASetting? {
    #if arch(x86_64)
      self < .processor ? XLASetting("xla_cpu_max_isa", .text(name == "avx2" ? "AVX2" : "SSE4_2")) : nil
    #else
      nil
    #endif
  }
}
