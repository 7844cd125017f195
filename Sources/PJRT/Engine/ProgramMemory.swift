import Synchronization

/// The programs that an engine holds in memory. The least recently used are dropped first.
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
    var statistics = EngineStatistics()
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int) {
    self.limit = max(limit, 1)
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
      if state.slots.count >= limit, let oldest = state.slots.min(by: { $0.value.lastUse < $1.value.lastUse }) {
        state.slots[oldest.key] = nil
      }
      let slot = Slot()
      state.slots[key] = (slot, state.clock)
      return slot
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
