/// A connection inside a transaction, for the time of the closure that gets it.
///
/// A statement that fails outside a savepoint dooms the transaction on both engines: later statements are refused with the same
/// error, and so is the commit, even when the error was caught. A conflict that is expected is met by ON CONFLICT or a savepoint.
public protocol Connection: AnyObject {
  /// Which engine answers.
  var dialect: Dialect { get }

  /// Runs a statement and hands over its rows; `body` returns false to stop. On PostgreSQL the whole result is in memory first.
  func rows(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws

  /// Like `rows`, in constant memory on both engines. The statement must be a query.
  func stream(_ sql: SQL, _ body: (borrowing Row) throws -> Bool) throws

  /// Runs a statement and returns how many rows it inserted, updated or deleted.
  @discardableResult func run(_ sql: SQL) throws -> Int

  /// Undoes what `body` did when it throws, or when a statement in it failed, and throws the error on; the transaction goes on.
  @discardableResult func savepoint<T>(_ body: () throws -> T) throws -> T

  /// Runs `body` with the indexes of some tables away, and makes them anew from sorted rows when it is done: for inserting about as many rows as
  /// there are, or more, which finds its place in each index once instead of for each row. Readers notice nothing.
  ///
  /// Keys that are part of a table stay, and so do the indexes in `keeping`. What a unique index refuses is refused when it is made anew. An error
  /// from `body` dooms the transaction. PostgreSQL, where taking an index away locks readers out, only runs `body`.
  @discardableResult
  func rebuildingIndexes<T>(of tables: [StaticString], keeping: [StaticString], _ body: () throws -> T) throws -> T

  /// Inserts many rows at the engine's best speed and returns their number.
  ///
  /// `feed` writes one cell after the other in the order of `columns`, and `endRow` after each row. A row that is refused, or an error from
  /// `feed`, fails the whole load like a failed statement. No other statement can run on the connection meanwhile.
  func load(into table: StaticString, columns: [StaticString], _ feed: (any RowSink) throws -> Void) throws -> Int
}

/// Takes the cells of a bulk load, one row after the other.
///
/// A cell that cannot be kept (NUL, bytes that are not UTF-8, a float that is not finite) is reported by `endRow`.
public protocol RowSink: AnyObject {
  /// NULL.
  func null()
  /// An integer.
  func int(_ value: Int64)
  /// A float.
  func double(_ value: Double)
  /// Text.
  func text(_ value: String)
  /// Text as UTF-8 bytes; they are copied.
  func text(_ bytes: UnsafeRawBufferPointer)
  /// Ends the row. Throws `DatabaseError` when a cell cannot be kept, the number of cells is wrong, or the engine refuses the row.
  func endRow() throws
}

/// A connection of its own for bulk work: temporary tables made on it last until the closure of `Database.workbench` ends.
///
/// Outside of `read` and `write` each statement stands alone and may change temporary tables only, so that filling and checking them keeps nobody
/// from writing. Memory does not grow with the rows: SQLite keeps temporary tables in a file.
public protocol Workbench: Connection {
  /// Runs `body` in a transaction with the write lock; waits up to 30 s for it. It is repeated after a deadlock, so it must be repeatable.
  ///
  /// - Parameter references: who answers for what its rows refer to.
  @discardableResult func write<T>(organization: Int64, references: References, _ body: (any Connection) throws -> T) throws -> T

  /// Tidies up after a change of many rows of these tables: on PostgreSQL brings the planner's statistics and the visibility map up to date, without
  /// which what an index alone could answer reads the rows as well. SQLite has neither, and its plans are led by the statements.
  ///
  /// Stands outside of `read` and `write`. It keeps nobody from reading or writing, and what it cannot do, since the role does not own a table or
  /// the connection is gone, it leaves to the server: the rows themselves are not at stake.
  func tidy(_ tables: [StaticString])

  /// Runs `body` on one snapshot.
  func read<T>(_ body: (any Connection) throws -> T) throws -> T
}

/// Who answers for it that the rows of a transaction refer to rows that there are.
public enum References: Sendable {
  /// The engine, which looks each of them up.
  case checked
  /// The statements, which take every reference from a row that they find in the same transaction, and delete none: looking each up once more is a
  /// fifth of what writing very many rows costs SQLite, so it does not. A debug build looks at all of them before the commit, so every test does.
  /// PostgreSQL looks them up either way.
  case found
}

extension Workbench {
  /// Runs `body` in a transaction with the write lock, with the engine looking up what its rows refer to.
  @discardableResult public func write<T>(organization: Int64, _ body: (any Connection) throws -> T) throws -> T {
    try write(organization: organization, references: .checked, body)
  }
}

extension Connection {
  /// All rows, each through `map`.
  public func all<T>(_ sql: SQL, _ map: (borrowing Row) throws -> T) throws -> [T] {
    var result: [T] = []
    try rows(sql) {
      result.append(try map($0))
      return true
    }
    return result
  }

  /// The first row through `map`; nil without rows.
  public func first<T>(_ sql: SQL, _ map: (borrowing Row) throws -> T) throws -> T? {
    var result: T?
    try rows(sql) {
      result = try map($0)
      return false
    }
    return result
  }

  /// The integer in the first column of the first row; 0 without rows or for NULL.
  public func scalar(_ sql: SQL) throws -> Int64 { try first(sql) { $0.int(0) } ?? 0 }
}

/// What the two engines' connections do beyond statements; transactions are built on it once for both.
protocol EngineConnection: Connection {
  var levels: TransactionLevels { get set }
  /// Idle, connected and outside of a transaction: fit for the next user.
  var isReusable: Bool { get }
  func begin(_ mode: TransactionMode) throws
  /// Sends COMMIT and makes sure that it was one.
  func commit() throws
  /// Ends the transaction if there is one; a connection on which that fails is not reusable.
  func rollback()
  /// Runs text of this library's own: savepoints and migrations.
  func script(_ text: String) throws
  func close()
}

enum TransactionMode {
  /// One snapshot, read only.
  case read
  /// The write lock: the only one on SQLite, the organization's on PostgreSQL.
  case write(key: Int64, wait: Duration)
}
