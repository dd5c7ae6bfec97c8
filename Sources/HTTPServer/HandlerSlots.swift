/// A queue whose first element is taken without moving the others.
struct Queue<Element> {
  private var elements: [Element?] = []
  private var first = 0

  var count: Int { elements.count - first }

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  mutating func popFirst() -> Element? {
    guard first < elements.count else { return nil }
    let element = elements[first]
    elements[first] = nil
    first += 1
    if first == elements.count || first > 64 && first * 2 > elements.count {
      elements.removeFirst(first)
      first = 0
    }
    return element
  }
}

/// Lets only so many workers run ordinary handlers at a time, so that blocked handlers can never occupy all of them: some always read,
/// write, accept, and run reserved routes. Who finds no slot waits here without a thread.
final class HandlerSlots: Sendable {
  private struct State {
    var free: Int
    var waiting = Queue<Connection>()
  }

  private let state: Monitor<State>

  init(count: Int) {
    state = Monitor(State(free: max(1, count)))
  }

  /// True: the connection has a slot. False: it belongs to the queue now, and the caller must not touch it again.
  func take(_ connection: Connection) -> Bool {
    state.withLock { state in
      if state.free > 0 {
        state.free -= 1
        connection.hasSlot = true
        return true
      }
      state.waiting.append(connection)
      return false
    }
  }

  /// Ends the use of a slot; returns who has it now and belongs to the caller, to be sent on its way.
  func giveBack(_ connection: Connection) -> Connection? {
    connection.hasSlot = false
    return state.withLock { state in
      if let next = state.waiting.popFirst() {
        next.hasSlot = true
        return next
      }
      state.free += 1
      return nil
    }
  }
}
