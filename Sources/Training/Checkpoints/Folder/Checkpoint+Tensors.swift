import OrderedCollections

extension Checkpoint {
  private static let callbackPrefix = "callbacks/"

  /// The state's and the callbacks' tensors, as one file holds them.
  var allTensors: OrderedDictionary<String, HostArray> {
    var all = tensors
    for (name, memory) in callbacks {
      for (path, array) in memory.tensors { all["\(Self.callbackPrefix)\(name)/\(path)"] = array }
    }
    return all
  }

  /// Puts a file's tensors where they belong. The callbacks' numbers, and so their names, are there already.
  mutating func distribute(_ all: OrderedDictionary<String, HostArray>) {
    // A name may begin with another one: the longest that fits is meant.
    let names = callbacks.keys.sorted { $0.utf8.count > $1.utf8.count }
    for (path, array) in all {
      let owner = names.first { path.hasPrefix("\(Self.callbackPrefix)\($0)/") }
      if let owner {
        callbacks[owner]?.tensors[String(path.dropFirst(Self.callbackPrefix.count + owner.count + 1))] = array
      } else {
        tensors[path] = array
      }
    }
  }
}
