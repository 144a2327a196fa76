import POSIX
import TestSupport
import Testing

@Suite("Threads")
struct ThreadsTests {
    @Test("each number is worked on once, and results keep their order", arguments: [1, 2, 7])
    func map(limit: Int) throws {
        let values = Threads.map(count: 1000, limit: limit) { $0 * $0 }
        #expect(values == (0..<1000).map { $0 * $0 })
    }

    @Test("no more threads work at a time than allowed")
    func limit() {
        let current = Lock((running: 0, most: 0))
        Threads.parallel(count: 50, limit: 3) { _ in
            current.withLock {
                $0.running += 1
                $0.most = max($0.most, $0.running)
            }
            Clock.sleep(milliseconds: 1)
            current.withLock { $0.running -= 1 }
        }
        #expect((1...3).contains(current.withLock { $0.most }))
    }

    @Test("the error of the smallest number is thrown")
    func errors() {
        #expect(throws: POSIXError(.notPermitted, "work 3")) {
            _ = try Threads.map(count: 10, limit: 4) { index throws(POSIXError) -> Int in
                if index >= 3 { throw POSIXError(.notPermitted, "work \(index)") }
                return index
            }
        }
    }

    @Test("nothing to do is done at once", arguments: [0, -1])
    func empty(count: Int) {
        Threads.parallel(count: count) { _ in Issue.record("called") }
    }

    @Test("a channel keeps the order, holds back its sender, and ends")
    func channel() throws {
        let channel = Channel<Int>(capacity: 2)
        let sent = Lock(0)
        let sender = try Thread {
            for number in 0..<100 {
                channel.send(number)
                sent.withLock { $0 += 1 }
            }
            channel.close()
        }
        Clock.sleep(milliseconds: 20)
        #expect(sent.withLock { $0 } <= 2)
        var received: [Int] = []
        while let number = channel.receive() { received.append(number) }
        sender.join()
        #expect(received == Array(0..<100))
        #expect(!channel.send(1))
        #expect(channel.receive() == nil)
    }

    @Test("a queue does all jobs before it finishes", arguments: [0, 1, 4])
    func workQueue(threads: Int) {
        let queue = WorkQueue(threads: threads, capacity: 3)
        let sum = Lock(0)
        for number in 1...100 {
            queue.submit { sum.withLock { $0 += number } }
        }
        queue.finish()
        #expect(sum.withLock { $0 } == 5050)
    }
}
