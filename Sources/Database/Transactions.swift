/// What failed on each level of a transaction: the transaction itself, then its savepoints. Empty outside of a transaction.
struct TransactionLevels {
  private var failures: [DatabaseError?] = []
  /// A bulk load is being fed.
  var isLoading = false

  var isEmpty: Bool { failures.isEmpty }
  var depth: Int { failures.count }
  var failure: DatabaseError? { failures.last ?? nil }

  mutating func push() { failures.append(nil) }
  mutating func pop() { failures.removeLast() }
  mutating func clear() {
    failures.removeAll(keepingCapacity: true)
    isLoading = false
  }

  /// The first failure of a level is the one that counts; what follows is its consequence.
  mutating func fail(_ error: DatabaseError) {
    guard let last = failures.indices.last, failures[last] == nil else { return }
    failures[last] = error
  }

  /// The engine ended the whole transaction.
  mutating func failAll(_ error: DatabaseError) {
    for level in failures.indices where failures[level] == nil { failures[level] = error }
  }

  /// Throws when no statement may run now.
  func check() throws {
    if isLoading { throw DatabaseError.loading }
    if let failure { throw failure }
  }
}

extension EngineConnection {
  /// Runs `body` between BEGIN and COMMIT. The connection is outside of a transaction afterwards, or not reusable.
  func transaction<T>(_ mode: TransactionMode, _ body: (any Connection) throws -> T) throws -> T {
    try levels.check()
    guard levels.isEmpty else {
      throw DatabaseError(.other, code: "nested", "a transaction was begun inside another one")
    }
    do {
      try begin(mode)
    } catch {
      rollback()
      throw error
    }
    levels.push()
    do {
      let result = try body(self)
      if let failure = levels.failure { throw failure }
      levels.clear()
      try commit()
      return result
    } catch {
      levels.clear()
      rollback()
      throw error
    }
  }

  /// `Connection.savepoint` for both engines.
  func nested<T>(_ body: () throws -> T) throws -> T {
    try levels.check()
    guard !levels.isEmpty else {
      throw DatabaseError(.other, code: "savepoint", "a savepoint needs a transaction around it")
    }
    let outer = levels.depth
    let name = "level\(outer)"
    try script("SAVEPOINT \(name)")
    levels.push()
    do {
      let result = try body()
      if let failure = levels.failure { throw failure }
      levels.pop()
      try script("RELEASE \(name)")
      return result
    } catch {
      if levels.depth > outer { levels.pop() }
      // When this fails the transaction around it is lost, which `script` records there.
      do { try script("ROLLBACK TO \(name); RELEASE \(name)") } catch let lost as DatabaseError { levels.fail(lost) }
      throw error
    }
  }
}
