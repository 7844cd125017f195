import Synchronization

/// The programs that an engine holds in memory. The least recently used are dropped first: one when there are too many, and half
/// of them when the process's memory mappings become scarce.
final class ProgramMemory: Sendable {
  struct Key: Hashable, Sendable {
    let text: String
    let options: CompileOptions
  }

  /// A slot for one program. Its lock is held while the program is made, so that threads that need
  /// the same one wait for it and others don't.
  private final class Slot: Sendable {
    let program = Mutex<Executable?>(nil)
  }

  private struct State {
    var slots: [Key: (slot: Slot, lastUse: Int)] = [:]
    var clock = 0
    var added = 0
    var statistics = EngineStatistics()
  }

  private let state = Mutex(State())
  private let limit: Int
  private let areMappingsScarce: @Sendable () -> Bool
  /// How many programs are added between two looks at the mappings, which take about as long as a small program.
  private static let looksEvery = 16

  init(limit: Int, areMappingsScarce: @escaping @Sendable () -> Bool = { MemoryMappings.areScarce }) {
    self.limit = max(limit, 1)
    self.areMappingsScarce = areMappingsScarce
  }

  var statistics: EngineStatistics { state.withLock { $0.statistics } }

  /// The program of that key, made if it is missing.
  /// - Parameter make: makes the program and adds to the statistics.
  func program(
    for key: Key, _ make: (inout EngineStatistics) throws(EngineError) -> Executable
  ) throws(EngineError) -> Executable {
    let slot = slot(for: key)
    var spent = EngineStatistics()
    let result = slot.program.withLock { program -> Result<Executable, EngineError> in
      if let program {
        spent.reused += 1
        return .success(program)
      }
      let result = Result { () throws(EngineError) in try make(&spent) }
      if case .success(let made) = result { program = made }
      return result
    }
    state.withLock { state in
      state.statistics.add(spent)
      // A text that doesn't compile isn't worth a slot.
      if case .failure = result { state.slots[key] = nil }
    }
    return try result.get()
  }

  private func slot(for key: Key) -> Slot {
    state.withLock { state in
      state.clock += 1
      if let found = state.slots[key] {
        state.slots[key]?.lastUse = state.clock
        return found.slot
      }
      state.added += 1
      if state.added.isMultiple(of: Self.looksEvery), areMappingsScarce() {
        drop(state.slots.count / 2, from: &state)
      } else if state.slots.count >= limit {
        drop(1, from: &state)
      }
      let slot = Slot()
      state.slots[key] = (slot, state.clock)
      return slot
    }
  }

  /// Drops the least recently used programs.
  private func drop(_ count: Int, from state: inout State) {
    for (key, _) in state.slots.sorted(by: { $0.value.lastUse < $1.value.lastUse }).prefix(count) {
      state.slots[key] = nil
    }
  }
}

extension EngineStatistics {
  fileprivate mutating func add(_ other: EngineStatistics) {
    compiled += other.compiled
    loaded += other.loaded
    reused += other.reused
    unkept += other.unkept
    compileSeconds += other.compileSeconds
    loadSeconds += other.loadSeconds
  }
}
