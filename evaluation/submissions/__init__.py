"""数据上报: tickets, ratings and repairs go up to the provincial exchange, each as a record with a receipt."""
