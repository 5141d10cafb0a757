"""Tickets (工单): life cycle, clocks, dispatch and history."""
