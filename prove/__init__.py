"""The simulator that tries to break the promise: the real core and storage under virtual time.

stage           a migrated database with people, schedules and policies, to be copied
plan            what is going to happen: values
drawing         a plan, drawn from a seed before anything happens
loop            an event loop whose time is a number
clocks          what time it is in a process
database        the real storage, its statements inline, others between one and the next
exchange        what replicas on several machines hear of one another, and of the time
weather         what becomes of calls
slack           the servers outside, and the record of what really arrived
life            one process, from its start until it dies
crowd           the people, and what of their deeds was committed
world           all of these in one history
history         a plan carried out, and what is left to be judged
trail           PURE: who was paged when, and why it stopped, from the audit trail alone
judges          each knows one sentence of the promise (docs/promise.md), beside it:
                judges_of_time, judge_of_last_resort
shrinking       a failing plan made small
mutations       bugs to be planted, each of which must be caught
bugs            what stands in the product's place meanwhile
proving         many histories, in several processes
"""
